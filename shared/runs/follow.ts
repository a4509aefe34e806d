import { concurrencyKeyOf } from '../agents/concurrency.ts';
import type { Document, Ports, Random, Write } from '../ports/index.ts';
import { type Agent, agentIn } from '../projects/project.ts';
import type { Published } from '../projects/release.ts';
import { admissionOf, configurationOf } from './admit.ts';
import { chooseRunId } from './choose-id.ts';
import type { Ending } from './end.ts';
import { inputWrites, readInput } from './input.ts';
import { linksAfter } from './links.ts';
import { causeOf } from './names.ts';
import { type Following, rerun } from './rerun.ts';
import { retry } from './retry.ts';
import type { Run } from './run.ts';
import { originOf } from './trigger.ts';

/** What follows the end of a run, to be committed with it (D6). */
export interface Followed {
  /** The writes that admit the run that follows. */
  writes: Write[];
  /** What changes on the run that ends. */
  set: Partial<Pick<Run, 'next' | 'links'>>;
  /** What its reader is told of it, as half a sentence; null: there is nothing to tell. */
  why: string | null;
  /** When the run that follows may start, in ms since the epoch, where it has to wait. */
  notBefore: number | null;
}

const nothing: Followed = { writes: [], set: {}, why: null, notBefore: null };

/**
 * What follows this ending: a rerun that the agent asked for, a retry of what failed, or nothing, and why (decision 0010). The
 * run that follows is of the release that is current now, and waits in the queue like any other.
 */
export async function follow(
  ports: Ports,
  published: Published | undefined,
  run: Document<Run>,
  ending: Ending,
  now: number,
): Promise<Followed> {
  const { agent: name } = run.data;
  const agent = published && agentIn(published.release, name);
  const following = decide(run.data, ending, agent, ports.random);
  if (!following) return nothing;
  if (!following.follows || !published || !agent) return { ...nothing, why: following.why };

  const prompt = await readInput(ports, run);
  if (prompt === undefined) {
    return { ...nothing, why: 'nothing follows: what it was asked is not there any more' };
  }
  const { because, reruns, retries, waitMs, why } = following;
  const cause = causeOf('rerun', run.id);
  const { id, isTaken } = await chooseRunId(ports, name, cause);
  const notBefore = waitMs > 0 ? now + waitMs : null;
  const wait = notBefore === null ? '' : `, not before ${new Date(notBefore).toISOString()}`;
  const { data } = run;
  const admitted = admissionOf(linksAfter(data.links, run.id, id), {
    id,
    agent: name,
    cause,
    release: published.id,
    configuration: configurationOf(agent, published.release),
    ...(data.resources?.region !== undefined && { region: data.resources.region }),
    context: data.context,
    prompt,
    trace: data.trace,
    concurrencyKey: concurrencyKeyOf(agent, data.context),
    notBefore: notBefore === null ? null : new Date(notBefore),
    trigger: {
      type: 'rerun',
      of: run.id,
      because,
      reruns,
      retries,
      origin: originOf(data.trigger),
    },
    why: `${why}, after ${run.id}${because === 'asked' ? ' asked for it' : ' failed'}${wait}`,
    now,
  });
  return {
    writes: isTaken ? [] : [admitted, ...inputWrites(id, prompt, now)],
    set: { next: id, links: { ...data.links, next: `runs/${id}` } },
    why: `${id} follows (${why}${wait})`,
    notBefore,
  };
}

/** Which rule is asked about an ending, and what it answers; undefined where none has anything to say. */
function decide(
  run: Run,
  ending: Ending,
  agent: Agent | undefined,
  random: Random,
): Following | undefined {
  const { event, reason } = ending;
  // Whoever had it stopped did not want another in its place, even where it came to its own end first.
  const isUnwanted = run.stop !== null && run.stop.reason !== 'timeout';
  if (event === 'kill' || isUnwanted) return undefined;
  if (reason === 'rerun_requested') return orGone(agent, (still) => rerun(run, still));
  if (event === 'succeed') {
    const why = 'it asked to run again, which only exit code 42 brings about';
    return run.rerunRequested ? { follows: false, why } : undefined;
  }
  const policy = agent?.retry;
  if (!policy) return undefined;
  const retried = retry(run, ending, policy, random.fraction());
  return retried.follows ? orGone(agent, () => retried) : retried;
}

/** Nothing follows where the agent is gone or disabled now. */
function orGone(agent: Agent | undefined, rule: (agent: Agent) => Following): Following {
  if (!agent)
    return { follows: false, why: 'nothing follows: its agent is no longer in the project' };
  if (agent.scale === 0) return { follows: false, why: 'nothing follows: its agent is disabled' };
  return rule(agent);
}
