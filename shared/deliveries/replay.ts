import { type Actor, auditWrite } from '../audit/audit.ts';
import { cut } from '../json.ts';
import { optimistically } from '../optimistic.ts';
import type { Ports, Write } from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import type { Published } from '../projects/release.ts';
import { deliveryExpiryOf, keptDays } from '../retention/days.ts';
import { causeOf } from '../runs/names.ts';
import type { TracePlace } from '../runs/trace.ts';
import { wakeDispatch } from '../runs/wake.ts';
import type { Settings } from '../settings.ts';
import { matchAgents } from '../webhooks/match.ts';
import { readBody } from './body.ts';
import { noteReplay, occasion, type ReasonsByAgent, type RunsByAgent } from './delivery.ts';
import { keepBodyLonger } from './keep-longer.ts';
import { replayPath } from './names.ts';
import { payloadOf } from './payload.ts';
import { findDelivery } from './read.ts';
import { admissions, freeRuns } from './started-runs.ts';

/** `deliveries/<id>/replays/<hash of the key>`: one replay, written in the commit that admits its runs. */
export type Replay = {
  /** What its caller calls it, the beginning of it: the same key asks for the same replay. */
  key: string;
  by: string;
  why: string;
  /** ISO time. */
  at: string;
  /** The agents of the release that were asked for; null: all. */
  agents: string[] | null;
  /** The release that was asked. */
  release: string;
  runs: RunsByAgent;
  unmatched: ReasonsByAgent;
  expireAt: Date;
};

export interface ReplayRequest {
  /** Names of the agents that may run. Default: all. */
  agents?: readonly string[] | undefined;
  actor: Actor;
  /** A repeated request with the same key does nothing new and has the same answer; another one is refused. */
  key: string;
  /** Its place in the trace of whoever asks. */
  asker?: TracePlace | undefined;
}

export interface Replayed {
  runs: RunsByAgent;
  unmatched: ReasonsByAgent;
  /** False when nothing was done, because a request with this key had done it. */
  isNew: boolean;
}

/**
 * Asks the current release for the work of a delivery once more, without the signature: that was checked at receipt. Runs,
 * audit entry and the note on the delivery are one commit; then the agents are woken.
 *
 * Answers `unknown` for a delivery that is not there, and `body_gone` for one whose body is not all there any more: filters
 * may look at any part of it. Answers `key_reused` when the key was used to ask for other agents.
 */
export async function replayDelivery(
  ports: Ports,
  settings: Settings,
  published: Published,
  deliveryId: string,
  { agents, actor, key, asker }: ReplayRequest,
): Promise<Replayed | 'unknown' | 'body_gone' | 'key_reused'> {
  const now = ports.clock.now();
  const result = await optimistically(ports, async (commit) => {
    const known = await findDelivery(ports, deliveryId);
    if (!known) return 'unknown';
    const path = replayPath(known.id, key);
    const done = await ports.documents.get<Replay>(path);
    const wanted = wantedAgents(published, agents);
    if (done) {
      if (!isSame(done.data, agents, wanted.agents)) return 'key_reused';
      const unmatched = { ...done.data.unmatched, ...wanted.unmatched };
      return { runs: done.data.runs, unmatched, isNew: false };
    }
    const { context, sources, body: description } = known.data;
    const body = await readBody(ports, known.path, description);
    if (!body) return 'body_gone';
    const payload = payloadOf(body, description.contentType);
    const { matched, unmatched } = await matchAgents(wanted.agents, sources, { context, payload });

    const cause = (agent: string): string => causeOf('replay', known.id, agent, key);
    const started = await freeRuns(ports, matched, cause);
    const { runs } = started;
    const expireAt = deliveryExpiryOf(now, keptDays(published.release));
    const replay: Replay = {
      key: cut(key.toWellFormed(), longestKey),
      by: actor.who,
      why: actor.why,
      at: new Date(now).toISOString(),
      agents: agents ? Object.keys(wanted.agents) : null,
      release: published.id,
      runs,
      unmatched,
      expireAt,
    };
    const writes: Write[] = [
      noteReplay(known, actor.who, runs, unmatched, expireAt),
      ...keepBodyLonger(known, expireAt),
      { op: 'create', path, data: replay },
      auditWrite(ports, actor, 'delivery.replay', known.path),
      ...admissions(settings, published, started, {
        delivery: known.id,
        context,
        trigger: {
          type: 'replay',
          source: sources[0] ?? '',
          delivery: known.id,
          by: actor.who,
        },
        causeOf: cause,
        why: `${occasion(context)}, replayed by ${actor.who}`,
        asker,
        now,
      }),
    ];
    await commit(writes);
    return { runs, unmatched: { ...unmatched, ...wanted.unmatched }, isNew: true };
  });
  if (typeof result !== 'string') {
    // Of a repeated request as well: its wake-up may be what got lost.
    await Promise.all(Object.keys(result.runs).map((agent) => wakeDispatch(ports, agent)));
  }
  return result;
}

/** Whether the same was asked for; of names that the release did not have, nothing is kept. */
function isSame(
  { agents }: Pick<Replay, 'agents'>,
  names: readonly string[] | undefined,
  wanted: { [name: string]: Agent },
): boolean {
  if (agents === null || names === undefined) return agents === null && names === undefined;
  const isWanted = agents.every((name) => names.includes(name));
  return isWanted && Object.keys(wanted).every((name) => agents.includes(name));
}

/** What is kept of a key, in UTF-16 units; the document's id rests on all of it. */
const longestKey = 200;
/** Most unknown names that an answer lists. */
const mostUnknown = 20;

/** The agents that may run, and why the others that were asked for cannot. */
function wantedAgents(
  { id, release: { agents } }: Published,
  names: readonly string[] | undefined,
): { agents: { [name: string]: Agent }; unmatched: ReasonsByAgent } {
  if (!names) return { agents, unmatched: {} };
  const wanted = new Set(names);
  const known = Object.entries(agents).filter(([name]) => wanted.has(name));
  const unknown = [...wanted].filter((name) => !Object.hasOwn(agents, name)).slice(0, mostUnknown);
  const why = [`agent: release ${id} has no such agent`];
  return {
    agents: Object.fromEntries(known),
    unmatched: Object.fromEntries(unknown.map((name) => [name, why])),
  };
}
