import type { Clock, Documents } from '../../shared/ports/index.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import { readableRelease } from '../../shared/projects/release-format.ts';
import type { Context } from '../cli/context.ts';
import type { CredsPorts } from '../creds/push.ts';
import { planDeploy } from '../deploy/deploy.ts';
import { findServices } from '../deploy/services.ts';
import { textAt } from '../deployment/kinds/found.ts';
import { commandLine } from '../gcloud/command-line.ts';
import type { Inventory } from '../provision/inventory.ts';
import { lostImages } from '../publish/lost-images.ts';
import type { FunctionName, Place } from '../resources.ts';
import type { Upload } from '../upload/stage.ts';
import { again, logsOf } from './check-resources.ts';
import { type Finding, finding } from './finding.ts';
import type { FindingCode } from './finding-kinds.ts';

interface Deployed {
  clock: Pick<Clock, 'now' | 'sleep'>;
  ports: CredsPorts;
  /** What would be uploaded for the functions; undefined: they are not compiled here, and are not compared. */
  upload: Pick<Upload, 'directory' | 'digest'> | undefined;
}

/** What a deployment would do now, and what it left: versions that cannot serve or share the traffic, a release, a pause. */
export async function checkDeployed(
  context: Context,
  { clock, ports, upload }: Deployed,
): Promise<Finding[]> {
  const { google, deployment } = context;
  const { documents } = ports;
  const current = await documents.get<Current>(currentPath);
  const findings: Finding[] = [];
  if (!current) {
    findings.push(
      finding('RELEASE_MISSING', 'release', 'no project is published.', {
        mend: ['drover deploy'],
      }),
    );
  }
  if (current) findings.push(...(await checkImages(context, documents, current.data.release)));
  if (current?.data.paused) {
    const { by, why, at } = current.data.paused;
    findings.push(
      finding('PAUSED', 'project', `it is paused since ${at} by ${by}: ${why}`, {
        mend: ['drover resume'],
      }),
    );
  }
  const services = await findServices(google, deployment);
  for (const { name, latest, version } of services.values()) {
    if (latest === undefined) findings.push(unserved(name, deployment));
    else if (version === undefined) findings.push(unknown(name));
  }
  if (!upload) return findings;
  const { stages, notes } = await planDeploy(context, { upload, clock, ports, share: undefined });
  const isKnown = (title: string): boolean => {
    const name = title.slice('function '.length) as FunctionName;
    return !title.startsWith('function ') || services.get(name)?.version !== undefined;
  };
  for (const { title, why } of stages.flatMap(({ steps }) => steps)) {
    const code = codeOf(title);
    if (code === undefined || !isKnown(title) || (code === 'RELEASE_OUTDATED' && !current))
      continue;
    const subject = title.replace(/^function /, 'function drover-');
    findings.push(finding(code, subject, why, { mend: ['drover deploy'] }));
  }
  for (const note of notes.filter((each) => each.includes('% of the traffic'))) {
    findings.push(
      finding('FUNCTION_SHARED', 'traffic', note, {
        mend: ['drover deploy --promote', 'or: drover deploy --rollback'],
      }),
    );
  }
  return findings;
}

/** Images that the current release names and that nobody has any more. A release that cannot be read says nothing of them. */
async function checkImages(
  { google, deployment }: Context,
  documents: Pick<Documents, 'get'>,
  id: string,
): Promise<Finding[]> {
  const found = await documents.get(`releases/${id}`);
  const release = found && readableRelease(id, found.data);
  const lost = release ? await lostImages(google, deployment, release) : [];
  return lost.map(({ image, agents }) =>
    finding('IMAGE_GONE', `image of ${agents.join(', ')}`, `${image} is not there any more.`, {
      mend: ['drover publish'],
    }),
  );
}

function unserved(name: FunctionName, place: Place): Finding {
  const id = `drover-${name}`;
  return finding('FUNCTION_FAILED', `function ${id}`, 'no version of it can serve.', {
    mend: [logsOf(id, place), ...again(id, place)],
  });
}

function unknown(name: FunctionName): Finding {
  const what = 'its newest version cannot serve, or does not come from `drover deploy`.';
  return finding('FUNCTION_OUTDATED', `function drover-${name}`, what, { mend: ['drover deploy'] });
}

/** What a step of a deployment says of the state before it, by the first word of its title. */
const codes: { readonly [word: string]: FindingCode } = {
  credential: 'CREDENTIAL_CHANGED',
  image: 'IMAGE_NOT_BUILT',
  function: 'FUNCTION_OUTDATED',
  release: 'RELEASE_OUTDATED',
};

function codeOf(title: string): FindingCode | undefined {
  return codes[title.split(' ')[0] ?? ''];
}

/** Time in ms after which a tick that comes each minute is missed. */
const silentMs = 5 * 60_000;

/** Whether Cloud Scheduler calls the tick, and how it was answered last. */
export function checkTick(
  { found }: Inventory,
  place: Place,
  { now }: Pick<Clock, 'now'>,
): Finding[] {
  const job = found.get('scheduler-job/drover-tick');
  if (!job || textAt(job, 'state') === 'PAUSED') return [];
  const subject = 'scheduler job drover-tick';
  const run = commandLine(
    {
      tool: 'gcloud',
      args: ['scheduler', 'jobs', 'run', 'drover-tick', `--location=${place.region}`],
    },
    place.project,
  );
  const code = textAt(job, 'status', 'code');
  if (code !== '' && code !== '0') {
    const said = textAt(job, 'status', 'message') || `code ${code}`;
    return [
      finding('TICK_FAILING', subject, `its last call failed: ${said}.`, {
        mend: [logsOf('drover-tick', place), run],
      }),
    ];
  }
  const last = Date.parse(textAt(job, 'lastAttemptTime'));
  if (Number.isNaN(last) || now() - last <= silentMs) return [];
  return [
    finding('TICK_SILENT', subject, `it was called last at ${textAt(job, 'lastAttemptTime')}.`, {
      mend: [run],
    }),
  ];
}
