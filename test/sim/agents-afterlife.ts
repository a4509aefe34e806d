import { createHash } from 'node:crypto';
import { runSecretId } from '../../shared/runs/names.ts';
import { type Agent, speakAs } from './agents.ts';
import { callAnother } from './agents-call.ts';
import { workUnderLocks } from './agents-lock.ts';
import { signal } from './agents-signal.ts';

/** How long something of an agent may go on to speak after its container, in ms. */
const afterlifeMs = 120_000;
/** Launches of a run whose secrets it may have come by. */
const mostLaunches = 5;

/** Goes on after the end of its container, as a process does that was let go of: nothing of it is heard once its run is over. */
export async function goOn(agent: Agent): Promise<void> {
  const { chance, schedule } = agent;
  const until = schedule.now() + chance.spread(1_000, afterlifeMs);
  while (schedule.now() < until) {
    await agent.sleep(chance.spread(500, 30_000));
    await chance.pick([signal, signal, workUnderLocks, callAnother])(agent);
  }
}

/** Speaks with a secret that is not the one of its container: that of another launch of its run, or one that it made up. */
export async function speakFalsely(agent: Agent): Promise<void> {
  const { chance, ledger, run, world } = agent;
  const others = [...ledger.runs.keys()];
  const other = others[chance.between(0, others.length - 1)] ?? run;
  const launch = runSecretId(run, chance.between(1, mostLaunches));
  const found = await world.ports.secrets.access(launch, 'latest').catch(() => undefined);
  const speaker = found
    ? { run, secret: Buffer.from(found).toString() }
    : { run: other, secret: `${other}.${'0123456789abcdef'.repeat(4)}` };
  const hash = createHash('sha256').update(speaker.secret).digest('hex');
  const isOwn = ledger.runs.get(speaker.run)?.data.secretHashes.includes(hash) === true;
  await signal(speakAs(agent, { ...speaker, isOwn }));
}
