import { Failure } from '../cli/errors.ts';
import type { Command } from '../deployment/kind.ts';
import { execute, type Google, isRefusal } from '../gcloud/google.ts';

/** The secret that is there as long as somebody changes the deployment. Secret Manager makes it for one of two, and lets it expire. */
export const lockSecret = 'drover-lock';

/** How long it stays when whoever holds it dies, and by when its holder makes it stay longer. Seconds. */
const staysSeconds = 1_200;
const renewedAfterSeconds = 300;

/** Who holds a lock. */
export interface Holder {
  /** Name of the machine. */
  host: string;
  user: string;
  pid: number;
}

export interface Lock {
  /** Makes it stay, where that is due. To be called often. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

export function takeCommand(holder: Holder): Command {
  const annotations = { host: holder.host, user: holder.user, pid: String(holder.pid) };
  return {
    tool: 'gcloud',
    args: [
      'secrets',
      'create',
      lockSecret,
      '--replication-policy=automatic',
      `--ttl=${staysSeconds}s`,
      '--labels=drover=lock',
      `--set-annotations=${Object.entries(annotations)
        .map(([key, value]) => `${key}=${value.replaceAll(/[,=]/g, '_')}`)
        .join(',')}`,
    ],
  };
}

export const releaseCommand: Command = { tool: 'gcloud', args: ['secrets', 'delete', lockSecret] };

const renewCommand: Command = {
  tool: 'gcloud',
  args: ['secrets', 'update', lockSecret, `--ttl=${staysSeconds}s`],
};

/**
 * Keeps everybody else from changing the deployment. A lock that a process of this machine left behind when it died is taken over.
 *
 * @param isAlive Whether a process of this machine is.
 * @throws Failure `ALREADY_RUNNING` when somebody holds it.
 */
export async function takeLock(
  google: Google,
  holder: Holder,
  { now, isAlive }: { now: () => number; isAlive: (pid: number) => boolean },
): Promise<Lock> {
  try {
    await execute(google, takeCommand(holder));
  } catch (error) {
    if (!isRefusal(error, 'already_exists')) throw error;
    const other = await readHolder(google);
    if (other && !isOwnDead(other, holder, isAlive)) throw held(other);
    if (other) await remove(google);
    await takeAgain(google, holder);
  }
  let renewedAt = now();
  let renewing: Promise<void> | undefined;
  const renewNow = async (): Promise<void> => {
    try {
      await stay(google, holder);
      renewedAt = now();
    } finally {
      renewing = undefined;
    }
  };
  return {
    renew: async () => {
      if (now() - renewedAt < renewedAfterSeconds * 1_000) return;
      // Steps that go on side by side ask at the same time.
      renewing ??= renewNow();
      await renewing;
    },
    release: async () => {
      // After so long it may be somebody else's.
      const isOld = now() - renewedAt >= staysSeconds * 1_000;
      const other = isOld ? await readHolder(google) : undefined;
      if (!isOld || (other && isSame(other, holder))) await remove(google);
    },
  };
}

/** Has the lock stay longer. One that has expired, during a step of more than its time, is taken again if nobody has. */
async function stay(google: Google, holder: Holder): Promise<void> {
  const other = await readHolder(google);
  if (!other) return takeAgain(google, holder);
  if (!isSame(other, holder)) throw held(other);
  await execute(google, renewCommand);
}

function isSame(other: FoundHolder, { host, user, pid }: Holder): boolean {
  return other.host === host && other.user === user && other.pid === pid;
}

async function takeAgain(google: Google, holder: Holder): Promise<void> {
  try {
    await execute(google, takeCommand(holder));
  } catch (error) {
    if (isRefusal(error, 'already_exists')) throw held(undefined);
    throw error;
  }
}

async function remove(google: Google): Promise<void> {
  try {
    await execute(google, releaseCommand);
  } catch (error) {
    if (!isRefusal(error, 'not_found')) throw error;
  }
}

interface FoundHolder {
  host: string;
  user: string;
  pid: number;
  expireTime: string;
}

/** Who holds it; undefined when nobody does any more. */
async function readHolder(google: Google): Promise<FoundHolder | undefined> {
  try {
    const found = await google.gcloud(['secrets', 'describe', lockSecret]);
    const { annotations = {}, expireTime = '' } = found as {
      annotations?: { [key: string]: string };
      expireTime?: string;
    };
    const { host = 'another machine', user = 'somebody', pid } = annotations;
    return { host, user, pid: Number(pid), expireTime };
  } catch (error) {
    if (isRefusal(error, 'not_found')) return undefined;
    throw error;
  }
}

function isOwnDead(other: FoundHolder, { host, user }: Holder, isAlive: (pid: number) => boolean) {
  return other.host === host && other.user === user && !isAlive(other.pid);
}

function held(other: FoundHolder | undefined): Failure {
  if (!other) return new Failure('ALREADY_RUNNING');
  const { user, host, pid, expireTime } = other;
  return new Failure(
    'ALREADY_RUNNING',
    `${user} changes this deployment right now, from ${host} (process ${pid}).`,
    {
      todo:
        `Wait until that command has ended, then run this one again. If it has died, its lock goes by itself` +
        `${expireTime === '' ? '' : ` at ${expireTime}`}, or now by \`gcloud secrets delete ${lockSecret}\`.`,
    },
  );
}
