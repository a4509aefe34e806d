import { readCredential } from '../credentials/home.ts';
import { eventsOf } from '../events/confirmed.ts';
import { optimistically } from '../optimistic.ts';
import { CloudError, type Document, type Ports, type Posted } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import type { Run } from '../runs/run.ts';
import { messageOf } from './message.ts';
import type { Notice } from './notice.ts';
import { addressField, addressType, type Notifications } from './topics.ts';

/** Attempts before a notice is given up: four hours. */
const mostAttempts = 9;
/** Pause after the first attempt, in ms; it doubles to the longest. */
const firstPauseMs = 60_000;
const longestPauseMs = 60 * 60_000;

/**
 * Tells people what they are to be told of a run that is over, if its time has come. The attempt is recorded before it is made, so
 * that two who look at once do not both make it, and that an attempt at which somebody dies counts: at least once, at most
 * {@link mostAttempts} times, with a pause that doubles. What is given up stays on the run for everybody to see, and in the log.
 */
export async function deliverNotice(
  ports: Ports,
  releases: Releases,
  runId: string,
): Promise<void> {
  // The sweep that sent us puts the run off at the same time: that alone takes no attempt away.
  const ours = await optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    const notice = run?.data.notice;
    const now = ports.clock.now();
    if (!run || notice?.state !== 'due' || now < notice.nextAt.getTime()) return undefined;
    const { path, version } = run;
    const tried = nextAttempt(notice, now);
    const fields = { notice: tried, ...(isRestDone(run) && { dueAt: tried.nextAt }) };
    await commit([{ op: 'update', path, version, fields }]);
    return { run, tried };
  });
  if (ours) await conclude(ports, ours.run, ours.tried, await attempt(ports, releases, ours.run));
}

function nextAttempt(notice: Notice, now: number): Notice {
  const attempts = notice.attempts + 1;
  const pause = Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs);
  return { ...notice, attempts, nextAt: new Date(now + pause) };
}

async function attempt(ports: Ports, releases: Releases, run: Document<Run>): Promise<Posted> {
  try {
    const current = await releases.current();
    const { notifications, name = '' } = current?.release ?? {};
    if (!notifications) return { outcome: 'refused', why: 'the project notifies nobody any more' };
    const url = await addressOf(ports, notifications);
    if (url === undefined)
      return { outcome: 'later', why: `${nameOf(notifications)} is not there` };
    const message = messageOf(name, run, run.data.notice?.about ?? []);
    return await ports.notify.post(url, message);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { outcome: 'later', why: error.message };
  }
}

function nameOf({ instance }: Notifications): string {
  return `the credential ${addressType}:${instance}`;
}

async function addressOf(
  ports: Pick<Ports, 'secrets'>,
  { instance }: Notifications,
): Promise<string | undefined> {
  const fields = await readCredential(ports, { type: addressType, instance });
  // A file that an address was kept in often ends with its line.
  const url = Buffer.from(fields?.[addressField] ?? [])
    .toString()
    .trim();
  return url === '' ? undefined : url;
}

/** Records what became of an attempt. When nothing else of the run is left to do, it is due no more. */
async function conclude(
  ports: Ports,
  before: Document<Run>,
  tried: Notice,
  posted: Posted,
): Promise<void> {
  const notice = concluded(tried, posted, ports.clock.now());
  if (notice.state === 'given_up') {
    const { agent } = before.data;
    ports.log.error('notification given up', {
      runId: before.id,
      agent,
      error: notice.error ?? '',
    });
  }
  await optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(before.path);
    // Somebody who took this attempt for a failed one has made another.
    if (run?.data.notice?.state !== 'due' || run.data.notice.attempts !== tried.attempts) return;
    const dueAt = notice.state === 'due' ? notice.nextAt : null;
    const fields = { notice, ...(isRestDone(run) && { dueAt }) };
    await commit([{ op: 'update', path: run.path, version: run.version, fields }]);
  });
}

/** Whether nothing but its notice can keep a run due. */
export function isRestDone(run: Document<Run>): boolean {
  return run.data.cleanedAt !== null && run.data.published === eventsOf(run);
}

function concluded(tried: Notice, posted: Posted, now: number): Notice {
  if (posted.outcome === 'taken') return { ...tried, state: 'sent', error: null };
  const error = posted.why;
  if (posted.outcome === 'refused' || tried.attempts >= mostAttempts) {
    return { ...tried, state: 'given_up', error };
  }
  const asked = now + Math.min(posted.afterMs ?? 0, longestPauseMs);
  return { ...tried, nextAt: new Date(Math.max(tried.nextAt.getTime(), asked)), error };
}
