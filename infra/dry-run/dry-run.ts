import { readFileSync } from 'node:fs';
import { explainRequest } from '../../shared/deliveries/explain-request.ts';
import { readFixture } from '../../shared/deliveries/fixture.ts';
import type { Project } from '../../shared/projects/project.ts';
import { formatProblem, readProject } from '../project-files.ts';
import type { DryRunOptions } from './options.ts';
import { report } from './report.ts';

/** What a dry run came to: lines for standard output, or what is wrong, and the exit code. */
export type DryRun = { exitCode: 0 | 1; lines: string[] } | { exitCode: 2; wrong: string[] };

/**
 * Tells what a project makes of a request that is kept in a file. Reads files and nothing else.
 *
 * @param now Ms since the epoch.
 */
export async function dryRun(options: DryRunOptions, now: number): Promise<DryRun> {
  const parsed = readProject(options.project, () => '');
  if (!parsed.ok) return wrong(...parsed.problems.map(formatProblem));
  const { project } = parsed;

  const text = read(options.fixture);
  if (typeof text !== 'string') return wrong(text.wrong);
  const request = readFixture(text);
  if ('wrong' in request) return wrong(`${options.fixture}: ${request.wrong}`);
  const secret = options.secretFile === undefined ? undefined : read(options.secretFile);
  if (typeof secret === 'object') return wrong(secret.wrong);

  const source = options.source ?? onlySource(project);
  if (source === undefined) {
    const names = Object.keys(project.sources).join(', ') || 'none';
    return wrong(`say with --source where it came to; the project has ${names}`);
  }
  const explanation = await explainRequest(project, source, request, {
    now,
    // A file ends in a newline that is no part of the secret.
    secret: secret === undefined ? undefined : Buffer.from(secret.trimEnd()),
  });
  if (explanation.kind === 'refused') return wrong(`${options.fixture}: ${explanation.why}`);
  const agents = explanation.kind === 'event' ? Object.values(explanation.agents) : [];
  return {
    exitCode: agents.some(({ matches }) => matches) ? 0 : 1,
    lines: options.json ? [JSON.stringify(explanation, null, 2)] : report(explanation),
  };
}

function wrong(...problems: string[]): DryRun {
  return { exitCode: 2, wrong: problems };
}

function read(file: string): string | { wrong: string } {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return { wrong: `${file}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The project's one source, or the one type of all of them. */
function onlySource({ sources }: Pick<Project, 'sources'>): string | undefined {
  const names = Object.keys(sources);
  if (names.length === 1) return names[0];
  const [type, ...others] = new Set(Object.values(sources).map((source) => source.type));
  return others.length === 0 ? type : undefined;
}
