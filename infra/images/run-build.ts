import type { Clock } from '../../shared/ports/index.ts';
import { Failure } from '../cli/errors.ts';
import type { Watching } from '../deploy/step.ts';
import type { Command } from '../deployment/kind.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import type { Place } from '../resources.ts';
import {
  type Build,
  buildOf,
  cancelBuild,
  findBuildUnderWay,
  isUnderWay,
  readBuild,
} from './build.ts';
import { type BuildLog, followBuildLog } from './build-log.ts';

/**
 * How often a build and its log are looked at, in ms. A project may ask for log entries 60 times a minute (Cloud Logging quotas,
 * "Number of entries.list requests"), and three builds may be under way.
 */
export const lookMs = 5_000;
/** Looks in a row that may fail before the build is given up: five minutes. It goes on at Google, and the next command finds it. */
const mostFailures = 60;
/** Looks at the log of a build that has ended, at most: its last lines arrive some seconds after. Two in any case, and on while lines come. */
const lastLooks = 20;
const lastLookMs = 2_000;
/** Lines of the log that are shown when a build has failed. */
const shownLines = 25;

interface Running {
  /** What is built: `image script`. */
  title: string;
  /** Submits the build and does not wait for it: `gcloud builds submit --async`. */
  submit: Extract<Command, { tool: 'gcloud' }>;
  /** One that no other build has but of the same contents. */
  tag: string;
}

/**
 * Has Cloud Build build, and tells each line of the log as it comes. A build of the same contents that is under way already, because
 * whoever began it was cut off, is taken up. Answers with the build, which has succeeded.
 *
 * @throws Failure `BUILD_FAILED` with the last lines and the address of the log, `GOOGLE_UNAVAILABLE`; GoogleRefusal
 */
export async function runBuild(
  google: Google,
  place: Place,
  { title, submit, tag }: Running,
  watching: Watching,
): Promise<Build> {
  const found = await findBuildUnderWay(google, place, tag);
  const begun =
    found ?? buildOf(await google.gcloud(submit.args, submit.files && { files: submit.files }));
  watching.onLine(
    `${found ? 'is being built already' : 'is being built'}; its log: ${begun.logUrl}`,
  );
  const tail: string[] = [];
  const log = readable(followBuildLog(google, place.project, begun), begun, (line) => {
    tail.push(line);
    if (tail.length > shownLines) tail.shift();
    watching.onLine(line);
  });
  const ended = await untilEnd(google, place, begun, { log, watching });
  for (let look = 1; look <= lastLooks; look += 1) {
    await watching.clock.sleep(lastLookMs);
    if ((await log()) === 0 && look > 1) break;
  }
  if (ended.status === 'SUCCESS') return ended;
  throw new Failure('BUILD_FAILED', `Cloud Build has not built the ${title}: ${reason(ended)}.`, {
    details: [...tail, ...(ended.detail === undefined ? [] : [ended.detail]), ended.logUrl],
  });
}

async function untilEnd(
  google: Google,
  place: Place,
  begun: Build,
  { log, watching }: { log: () => Promise<number>; watching: Watching },
): Promise<Build> {
  const { clock, signal } = watching;
  let failures = 0;
  for (let build = begun; ; ) {
    if (!isUnderWay(build)) return build;
    await sleepOrStop(clock, lookMs, signal);
    if (signal?.aborted) {
      // What nobody waits for is not paid for. When this fails, it ends by itself.
      await cancelBuild(google, place, begun.id).catch(() => undefined);
      signal.throwIfAborted();
    }
    try {
      build = await readBuild(google, place, begun.id);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!isPassing(error)) throw error;
      if (failures < mostFailures) continue;
      throw new Failure(
        'GOOGLE_UNAVAILABLE',
        `Cloud Build does not say any more how the build ${begun.id} is doing.`,
        { cause: error, details: [begun.logUrl] },
      );
    }
    await log();
    await watching.beat();
  }
}

/**
 * Reads on, and answers how many lines there were. A log that cannot be read keeps no image from being built: once it is told so, and
 * where it stands.
 */
function readable(
  log: BuildLog,
  { logUrl }: Build,
  onLine: (line: string) => void,
): () => Promise<number> {
  let isRefused = false;
  return async () => {
    if (isRefused) return 0;
    try {
      const lines = await log.next();
      lines.forEach(onLine);
      return lines.length;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (!isPassing(error)) {
        isRefused = true;
        onLine(`its log cannot be shown here (${error.message.split('\n')[0]}): ${logUrl}`);
      }
      return 0;
    }
  };
}

/** Whether Google may answer the next time. */
function isPassing(error: unknown): boolean {
  return isRefusal(error, 'unavailable', 'resource_exhausted', 'unknown');
}

function reason({ status }: Build): string {
  switch (status) {
    case 'TIMEOUT':
      return 'it took more than the 15 minutes that a build may take';
    case 'CANCELLED':
      return 'somebody cancelled it';
    case 'EXPIRED':
      return 'no machine was free for it within an hour';
    case 'INTERNAL_ERROR':
      return 'something broke at Google';
    default:
      return 'a step of it failed';
  }
}

async function sleepOrStop(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  await Promise.race([clock.sleep(ms), stopped]);
  signal?.removeEventListener('abort', stop);
}
