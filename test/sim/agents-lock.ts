import type { Agent } from './agents.ts';
import type { LockQuestion } from './judge-lock-answer.ts';

/** What agents may want for themselves. */
export const lockKeys = [
  'pasture://meadow',
  'pasture://barn',
  'github://acme/pasture/issues/1',
] as const;

/** What `curl --max-time` of the contract's helpers is, in ms. */
const patienceMs = 10_000;
/** How long it goes on with what it has when it has given up, in ms: about as long as it counts as waiting. */
const sulkMs = [90_000, 300_000] as const;
/** How often an agent asks for a key that it does not get. */
const tries = [1, 4, 10] as const;

type Taken = 'taken' | 'given up' | 'not heard';

/**
 * Takes one lock or several, in any order, works under them, and gives them back or does not. Where somebody else has one it
 * waits and tries again, whatever it has already: rings come of that, and whoever is told of one lets go of what it has, or not.
 */
export async function workUnderLocks(agent: Agent): Promise<void> {
  const { chance } = agent;
  const wanted = shuffled(lockKeys, agent).slice(0, chance.pick([1, 2, 2, 2, 3]));
  const held: string[] = [];
  for (const key of wanted) {
    if (held.length > 0) await agent.sleep(chance.spread(100, 10_000));
    const taken = await take(agent, key);
    if (taken === 'not heard') return;
    if (taken === 'given up') {
      // Its wait counts for a while yet, and then no more, whatever it still has.
      if (chance.strikes('gives up and keeps what it has', 0.4)) {
        await agent.sleep(chance.between(...sulkMs));
      }
      break;
    }
    held.push(key);
  }
  for (let beats = held.length > 0 ? chance.between(0, 3) : 0; beats > 0; beats -= 1) {
    await agent.sleep(chance.spread(500, 20_000));
    for (const key of held) await keep(agent, key);
  }
  if (chance.strikes('keeps its locks', 0.3)) return;
  for (const key of shuffled(held, agent)) await giveBack(agent, key);
}

async function take(agent: Agent, key: string): Promise<Taken> {
  const { chance, judge } = agent;
  // The contract's helper never says for how long.
  const ttl = chance.strikes('takes a lock for seconds', 0.2) ? { ttl: chance.pick([5, 60]) } : {};
  for (let left = chance.pick(tries); left > 0; left -= 1) {
    const answer = await agent.ask({
      what: `take ${key}`,
      path: '/locks/acquire',
      body: { resourceKey: key, ...ttl },
      patienceMs,
      judge: ({ status, body, span }) => {
        const question: LockQuestion = { run: agent.run, key, span };
        const { answers, deadlocks } = judge.locks;
        if (status === 200) answers.hasIt(question, body.fence);
        if (status !== 409) return;
        if (Array.isArray(body.cycle)) return deadlocks.wasNamed(question, body.cycle.map(String));
        answers.isHeldBy(question, body.holder, body.heldSince);
        deadlocks.wasNotNamed(question);
      },
    });
    if (answer?.status === 200) return 'taken';
    if (answer?.status === 403) return 'not heard';
    if (answer?.body.deadlock === true && chance.happens(0.5)) return 'given up';
    await agent.sleep(chance.spread(1_000, 8_000));
  }
  return 'given up';
}

async function keep(agent: Agent, key: string): Promise<void> {
  await agent.ask({
    what: `keep ${key}`,
    path: '/locks/heartbeat',
    body: { resourceKey: key },
    patienceMs,
    judge: ({ status, body, span }) => {
      const question: LockQuestion = { run: agent.run, key, span };
      const { answers } = agent.judge.locks;
      if (status === 200) answers.hasIt(question, body.fence);
      else judgeNotOwn(agent, question, status, body);
    },
  });
}

async function giveBack(agent: Agent, key: string): Promise<void> {
  const { answers, givesBack } = agent.judge.locks;
  givesBack(agent.run, key);
  await agent.ask({
    what: `give back ${key}`,
    path: '/locks/release',
    body: { resourceKey: key },
    patienceMs,
    judge: ({ status, body, span }) => {
      const question: LockQuestion = { run: agent.run, key, span };
      if (status === 200) answers.hasGivenBack(question);
      else judgeNotOwn(agent, question, status, body);
    },
  });
}

function judgeNotOwn(
  { judge }: Agent,
  question: LockQuestion,
  status: number,
  { reason }: { reason?: unknown },
): void {
  const { answers } = judge.locks;
  if (status === 404) answers.isFree(question);
  if (status === 409) answers.isHeldBy(question, String(reason).replace('held by ', ''));
}

function shuffled<T>(values: readonly T[], { chance }: Agent): T[] {
  return values
    .map((value) => ({ value, at: chance.fraction() }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value);
}
