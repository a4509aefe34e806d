import fc from 'fast-check';
import { dispatch } from '../../shared/agents/dispatch.ts';
import { pauseAgent, resumeAgent } from '../../shared/agents/pause.ts';
import { CloudError, type Ports } from '../../shared/ports/index.ts';
import { killRun } from '../../shared/runs/kill.ts';
import { poll } from '../../shared/runs/poll.ts';
import { shutDown } from '../../shared/runs/shut-down.ts';
import { signal } from '../../shared/runs/signal.ts';
import type { RunEvent, RunState } from '../../shared/runs/states.ts';
import { triggerRun } from '../../shared/runs/trigger-run.ts';
import { tick } from '../../shared/schedules/tick.ts';
import { octavia } from '../ask.ts';
import { settings } from '../sim/place.ts';
import { type AgentName, agentNames, type Real } from './real.ts';

/** One thing that a function does, for one run or one agent. */
export interface Work {
  name: string;
  /** What may come of it: also of runs that it is not about, where it frees or fills a slot. */
  events: readonly RunEvent[];
  admits?: boolean;
  /** The run that it is about must be one to which one of these may happen; none: one that is over. Undefined: about no run. */
  about?: readonly RunEvent[];
  /** By the state that its run is in: where that leads for certain, if nothing goes wrong and nobody else does anything. */
  leads?: { readonly [state in RunState]?: RunState };
  /** Calls of ports that it makes and that may fail. */
  calls: readonly string[];
  do(ports: Ports, real: Real, about: string): Promise<unknown>;
}

const decides = ['documents.get', 'documents.commit'] as const;
const launches = [...decides, 'secrets.create', 'secrets.addVersion', 'jobs.start', 'jobs.get'];
const stops = [...decides, 'jobs.cancel'];
const cleans = ['secrets.delete', 'jobs.delete'];

/** What the end of an execution may come to. */
const ends = ['succeed', 'fail', 'time_out', 'kill', 'lose'] as const;

function aboutAgent(agent: AgentName): Work[] {
  return [
    {
      name: `ask for a run of ${agent}`,
      events: [],
      admits: true,
      calls: decides,
      do: async (ports, { world }) => {
        const published = await world.releases.current();
        if (!published) throw new Error('no release');
        const asked = { agent, prompt: null, key: null, actor: octavia };
        await triggerRun(ports, settings, published, asked);
      },
    },
    {
      name: `pause ${agent}`,
      events: [],
      calls: decides,
      do: (ports) => pauseAgent(ports, agent, octavia),
    },
    {
      name: `resume ${agent}`,
      events: [],
      calls: decides,
      do: (ports) => resumeAgent(ports, agent, octavia),
    },
  ];
}

/** The agent of a run. */
function agentOf(run: string): string {
  return run.slice(0, run.lastIndexOf('-'));
}

const cancel = async (): Promise<never> => {
  throw new CloudError('unavailable', 'Cloud Run did not hear of it');
};

const aboutRuns: readonly Work[] = [
  {
    name: 'dispatch the agent',
    events: ['launch', 'relaunch', 'postpone', 'start', 'fail', 'drop', 'cancel', 'stop', 'kill'],
    about: ['launch', 'relaunch'],
    calls: launches,
    do: (ports, { world }, run) => dispatch(ports, settings, world.releases, agentOf(run)),
  },
  {
    name: 'poll',
    events: ['start', 'stop', ...ends],
    about: ['start', 'stop', ...ends],
    calls: [...stops, ...cleans, 'jobs.get', 'jobs.execution'],
    do: (ports, { world }, run) => poll(ports, world.releases, run),
  },
  {
    name: 'poll what is over',
    events: [],
    about: [],
    calls: [...stops, ...cleans, 'jobs.get', 'jobs.execution'],
    do: (ports, { world }, run) => poll(ports, world.releases, run),
  },
  {
    name: 'kill',
    events: ['cancel', 'kill', 'stop'],
    about: ['cancel', 'kill', 'stop'],
    leads: { queued: 'cancelled', launching: 'killed', running: 'ending', ending: 'ending' },
    calls: [...stops, ...cleans],
    do: (ports, { world }, run) => killRun(ports, world.releases, run, octavia),
  },
  {
    name: 'kill, and Cloud Run does not hear of it',
    events: ['stop'],
    about: ['stop'],
    leads: { running: 'ending' },
    calls: decides,
    do: (ports, { world }, run) =>
      killRun({ ...ports, jobs: { ...ports.jobs, cancel } }, world.releases, run, octavia),
  },
  {
    name: 'kill what is over',
    events: [],
    about: [],
    calls: [...stops, ...cleans],
    do: (ports, { world }, run) => killRun(ports, world.releases, run, octavia),
  },
  {
    name: 'hear the status',
    events: ['note'],
    about: ['note'],
    calls: decides,
    do: (ports, { secrets }, run) =>
      signal(ports, secrets.get(run) ?? '', { kind: 'status', text: 'counting sheep' }),
  },
  {
    name: 'hear of what is over',
    events: [],
    about: [],
    calls: decides,
    do: (ports, { secrets }, run) =>
      signal(ports, secrets.get(run) ?? '', { kind: 'return', value: 'too late' }),
  },
  {
    name: 'shut down',
    events: ['kill', 'stop', 'note'],
    about: ['stop', 'note'],
    calls: stops,
    do: (ports, { secrets, world }, run) =>
      shutDown(ports, world.releases, secrets.get(run) ?? '', 'done'),
  },
];

const ofAll: readonly Work[] = [
  {
    name: 'tick',
    events: [],
    calls: [...decides, ...cleans],
    do: (ports, { world }) => tick(ports, settings, world.releases),
  },
];

/** How often each is done, those more that bring runs on. */
const weights: { readonly [verb: string]: number } = {
  ask: 3,
  dispatch: 20,
  poll: 20,
  kill: 4,
  hear: 6,
};

/** Anything that a function does. */
export const anyWork: fc.Arbitrary<Work> = fc.oneof(
  ...[...agentNames.flatMap(aboutAgent), ...aboutRuns, ...ofAll].map((work) => ({
    weight: (work.about?.length === 0 ? undefined : weights[work.name.split(' ')[0] ?? '']) ?? 1,
    arbitrary: fc.constant(work),
  })),
);
