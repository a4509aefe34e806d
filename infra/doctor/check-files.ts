import { join } from 'node:path';
import type { Problem } from '../../shared/projects/problem.ts';
import type { Project } from '../../shared/projects/project.ts';
import { configurationFile, readConfiguration } from '../cli/configuration.ts';
import { Failure } from '../cli/errors.ts';
import { credentialDirectories, fieldNote, readCredentialFiles } from '../credential-files.ts';
import { credentialSteps } from '../deploy/credential-steps.ts';
import { neededCredentials, ownCredentialTypes } from '../project-credentials.ts';
import { type Reader, readProject } from '../project-files.ts';
import { type Finding, finding, findingOf } from './finding.ts';

/** What this machine has of a project. */
export interface CheckedFiles {
  findings: Finding[];
  /** Null: it cannot be read as it is. */
  project: Project | null;
}

/**
 * Checks what lies on this machine, as starting and deploying do: configuration, names, schedules, filters, `drover.toml`,
 * credentials. Asks nobody.
 */
export async function checkFiles(directory: string, reader: Reader = {}): Promise<CheckedFiles> {
  const findings = checkConfiguration(directory);
  const parsed = readProject(directory, () => '', reader);
  if (!parsed.ok) {
    for (const problem of parsed.problems) {
      findings.push(
        finding('PROJECT_FILES_WRONG', placeOf(problem), saidOf(problem), {
          mend: [`mend ${placeOf(problem)}, then: drover doctor --offline`],
        }),
      );
    }
    return { findings, project: null };
  }
  for (const problem of parsed.warnings) {
    findings.push(
      finding('PROJECT_FILES_NOTE', placeOf(problem), saidOf(problem), {
        mend: [`look at ${placeOf(problem)}`],
      }),
    );
  }
  const { project } = parsed;
  return { findings: [...findings, ...(await checkFiled(directory, project))], project };
}

function checkConfiguration(directory: string): Finding[] {
  try {
    readConfiguration(directory);
    return [];
  } catch (error) {
    return [findingOf(error, configurationFile)];
  }
}

function placeOf({ file, line }: Problem): string {
  return line === null ? file : `${file}:${line}`;
}

function saidOf({ field, message }: Problem): string {
  return field === '' ? message : `${field}: ${message}`;
}

/** Credentials as they lie here: what `drover deploy` would refuse, and what an agent would miss. */
async function checkFiled(directory: string, project: Project): Promise<Finding[]> {
  const directories = credentialDirectories(directory);
  const { agents, sources } = neededCredentials(project);
  const own = ownCredentialTypes(project);
  const findings: Finding[] = [];
  try {
    // Reads each value, and sends none.
    await credentialSteps({ googleProject: '', project, directory, ports: null });
    for (const reference of new Set([...sources, ...agents])) {
      const filed = readCredentialFiles(directories, reference);
      const note = filed && fieldNote(filed, own);
      if (note !== undefined) {
        findings.push(
          finding('CREDENTIAL_FIELDS', `credential ${reference}`, note, {
            mend: [`ls ${directoryOf(directory, reference)}`, 'drover deploy'],
          }),
        );
      }
      if (!filed) {
        findings.push(
          finding(
            'CREDENTIAL_NOT_HERE',
            `credential ${reference}`,
            'lies nowhere on this machine',
            {
              mend: mendMissing(directory, reference),
            },
          ),
        );
      }
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    findings.push(findingOf(error, 'credentials'));
  }
  return findings;
}

/** How a credential that is nowhere comes to Secret Manager. */
export function mendMissing(directory: string, reference: string): string[] {
  const place = directoryOf(directory, reference);
  return [`mkdir -p ${place}`, `put each field into ${place}/<field>`, 'drover deploy'];
}

function directoryOf(directory: string, reference: string): string {
  const path = join(credentialDirectories(directory)[0] ?? '', ...reference.split(':'));
  // As a shell takes it.
  return /^[\w./@:~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
