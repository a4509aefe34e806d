import type { Call } from '../../shared/calls/call.ts';
import { isLong } from '../../shared/runs/long-text.ts';
import type { Agent } from './agents.ts';
import type { Answer } from './agents-gateway.ts';
import { refusalFor } from './judge-call.ts';
import { hold, pointerMs } from './laws.ts';

/** How often the contract's helper looks for an answer, in ms. */
const lookEachMs = 5_000;
/** How often it looks at most: the helper gives up after a quarter of an hour. */
const mostLooks = 180;
/** How often an agent asks again with the same key, when it got no answer. */
const mostTries = 3;

/** What `al-subagent` hands on, beside a word: what JSON escapes, what its run has no room for, and what is too much. */
const contexts = ['count the sheep', '', 'say "火"\n\tand 😀', 'm'.repeat(9_000)] as const;

/** Calls others, one or a few at once. */
export async function callAnother(agent: Agent): Promise<void> {
  const { chance } = agent;
  const isBurst = chance.strikes('a burst of calls', 0.2);
  const calls = Array.from({ length: isBurst ? chance.between(2, 5) : 1 }, () => callOne(agent));
  await Promise.all(calls);
}

/** Calls another agent, or tries to, and waits for its answer, or does not. */
async function callOne(agent: Agent): Promise<void> {
  const { chance } = agent;
  const known = Object.keys(agent.project().agents);
  const target = chance.happens(0.1)
    ? chance.pick([agent.name, 'nobody', 'constructor'])
    : (known[chance.between(0, known.length - 1)] ?? agent.name);
  const context = chance.pick(contexts);
  // One key is for one call: two contexts may be as long as each other.
  const about = contexts.indexOf(context);
  const key = chance.happens(0.3) ? `call-${chance.between(1, 3)} ${target} ${about}` : '';
  if (chance.happens(0.15) && context !== '') {
    await request(agent, '/signals/trigger', target, context, key);
    return;
  }
  let answer: Answer | undefined;
  for (let tries = key === '' ? 1 : mostTries; tries > 0 && !answer; tries -= 1) {
    answer = await request(agent, '/calls', target, context, key);
    if (!answer) await agent.sleep(chance.spread(500, 5_000));
  }
  if (answer?.status !== 200) return;
  const looks = chance.strikes('does not wait for its call', 0.2)
    ? 0
    : chance.between(5, mostLooks);
  for (let left = looks; left > 0; left -= 1) {
    const { status, body } = (await look(agent, String(answer.body.callId))) ?? {};
    if (status === 403 || body?.status === 'completed' || body?.status === 'error') return;
    await agent.sleep(lookEachMs);
  }
}

async function request(
  agent: Agent,
  path: '/calls' | '/signals/trigger',
  target: string,
  context: string,
  key: string,
): Promise<Answer | undefined> {
  const { judge, ledger, run } = agent;
  return agent.ask({
    what: `call ${target}`,
    path,
    body: { targetAgent: target, context },
    headers: key === '' ? {} : { 'idempotency-key': encodeURIComponent(key) },
    judge: ({ status, body, span }) => {
      if (status === 200 && path === '/calls') {
        const call = judge.calls.known(String(body.callId));
        const isThere = call?.caller === run && call.agent === target;
        hold(isThere, 'callAnswers', `${run} called ${target}, and no call is there`, run);
      }
      if (status !== 409) return;
      const data = ledger.runs.get(run)?.data;
      const reasons = ledger
        .projectsSince(span.askedAt - pointerMs)
        .map((project) => data && refusalFor(data, target, project));
      const what = `${run} was refused ${target}: ${body.reason}, not ${reasons.join(' or ')}`;
      hold(reasons.includes(String(body.reason)), 'callAnswers', what, run);
    },
  });
}

/** Looks how a call of this run stands. */
async function look(agent: Agent, id: string): Promise<Answer | undefined> {
  return agent.ask({
    what: `see what came of ${id}`,
    path: `/calls/${id}`,
    judge: ({ status, body, span }) => {
      if (status === 403) return;
      const call = agent.judge.calls.known(id);
      const said = `${agent.run} was told of ${id}: ${status} ${body.status}, and it is ${call?.state}`;
      hold(status === 200 && call !== undefined, 'callAnswers', said, agent.run);
      if (!call) return;
      const isOpen = body.status === 'pending' || body.status === 'running';
      const wasAnswered = agent.judge.calls.wasAnswered(id, span.from);
      if (isOpen) hold(!wasAnswered, 'callAnswers', said, agent.run);
      else judgeAnswer(agent, call, body, said);
    },
  });
}

function judgeAnswer(
  { judge, ledger, run }: Agent,
  { state, error, run: by, returnValue, returnBytes }: Call,
  body: Answer['body'],
  said: string,
): void {
  hold(body.status === state, 'callAnswers', said, run);
  hold((body.errorMessage ?? null) === error, 'callAnswers', `${said}: ${body.errorMessage}`, run);
  const long = isLong(returnBytes)
    ? ledger.document<{ text: string }>(`runs/${by}/value/0`)?.text
    : returnValue;
  const value = body.returnValue ?? null;
  hold(value === (long || null), 'callAnswers', `${said}, and it returned something else`, run);
  const isOwn = typeof value !== 'string' || judge.signals.hasReturned(by ?? '', value);
  hold(isOwn, 'callAnswers', `${said}, and its run never returned that`, run);
}
