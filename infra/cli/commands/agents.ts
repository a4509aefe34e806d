import { type Steering, steeringCommand } from '../../steer/command.ts';
import { checkedNames } from '../../steer/name.ts';
import { table } from '../../steer/table.ts';
import { ago, withClocks } from '../../steer/times.ts';
import type { CliCommand } from '../command.ts';

const ls = steeringCommand({
  name: 'agents ls',
  summary: 'List the agents, what each is doing, and why one does nothing',
  act: async ({ api, told, width, now }) => {
    const { agents } = await told(api.v1.agents.$get(), 'agents');
    const rows = table(
      agents,
      [
        { title: 'AGENT', of: ({ name }) => name },
        { title: 'RUNS', of: ({ inFlight, scale }) => `${inFlight.length} of ${scale}` },
        { title: 'QUEUED', of: ({ queued }) => String(queued) },
        { title: 'FAILED', of: ({ failures }) => `${failures}`, narrow: 'drop' },
        {
          title: 'NEXT',
          of: ({ nextRuns: [next] }) => (next === undefined ? '' : ago(next, now)),
          narrow: 'drop',
        },
        {
          title: 'WAITS FOR',
          of: ({ waiting }) => withClocks(waiting.map(({ text }) => text).join('; '), now),
          narrow: 'cut',
        },
      ],
      width,
    );
    return {
      lines: agents.length === 0 ? ['the project has no agents'] : rows,
      data: { agents },
    };
  },
});

const pause = steeringCommand<{ agents: string[] }>({
  name: 'agents pause',
  summary: 'Hold agents: what asks for them is admitted and waits',
  about: 'What runs goes on. Nothing is lost.',
  changes: true,
  define: (command) => {
    command.argument('<agents...>', 'names of the agents', checkedNames);
  },
  act: (steering, { agents }) =>
    change(steering, agents, 'pause', { true: 'is paused', false: 'was paused already' }),
});

const resume = steeringCommand<{ agents: string[] }>({
  name: 'agents resume',
  summary: 'Let agents go on, with everything that waited',
  changes: true,
  define: (command) => {
    command.argument('<agents...>', 'names of the agents', checkedNames);
  },
  act: (steering, { agents }) =>
    change(steering, agents, 'resume', { true: 'goes on', false: 'was not paused' }),
});

async function change(
  { api, told }: Steering,
  names: readonly string[],
  how: 'pause' | 'resume',
  words: { readonly true: string; readonly false: string },
) {
  // All of them are looked for first: a name that is typed wrongly changes nothing.
  for (const agent of names) await told(api.v1.agents[':agent'].$get({ param: { agent } }), 'name');
  const changed: { agent: string; changed: boolean }[] = [];
  for (const agent of names) {
    const asking = api.v1.agents[':agent'][how].$post({ param: { agent }, header: {}, json: {} });
    changed.push({ agent, changed: (await told(asking, 'changed')).changed });
  }
  return {
    lines: changed.map((one) => `${one.agent} ${one.changed ? words.true : words.false}`),
    data: { agents: changed },
  };
}

/** Commands about agents. */
export const agents: readonly CliCommand[] = [ls, pause, resume];
