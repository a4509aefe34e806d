import { countOf, type Steering, steeringCommand } from '../../steer/command.ts';
import { type Explanation, explainLines } from '../../steer/explain-lines.ts';
import { checkedName, checkedNames } from '../../steer/name.ts';
import { given, mostListed, nextOf, readPages } from '../../steer/pages.ts';
import { type RunPage, runLines } from '../../steer/run-page.ts';
import { type RunRow, runTable } from '../../steer/run-table.ts';
import { facts } from '../../steer/table.ts';
import { clock, momentOf, withClocks } from '../../steer/times.ts';
import { sentences } from '../../steer/width.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';

/** Runs of one page of the control API. */
const page = 200;

const filters = ['agent', 'state', 'reason', 'trigger', 'delivery'] as const;

interface ListOptions extends Partial<Record<(typeof filters)[number], string>> {
  since?: string;
  limit: string;
}

const ls = steeringCommand<ListOptions>({
  name: 'runs ls',
  summary: 'List runs, the newest first',
  define: (command) => {
    command
      .option('--agent <name>', 'only those of this agent')
      .option(
        '--state <states>',
        'only those in these states, separated by commas: queued, launching, running, ending, succeeded, failed, timed_out, killed, lost, dropped, cancelled',
      )
      .option('--reason <reason>', 'only those that ended for this reason')
      .option(
        '--trigger <type>',
        'only those of this trigger: webhook, schedule, manual, call, rerun, replay',
      )
      .option('--delivery <id>', 'only those that go back to this delivery')
      .option('--since <time>', 'only those admitted since then: 90m, 12h, 3d, or an ISO time')
      .option('--limit <n>', `how many, at most ${mostListed}`, '20');
  },
  act: async (steering, options) => {
    const { since, limit } = options;
    const { api, told, now, width } = steering;
    const wanted = countOf('--limit', limit, mostListed);
    // What none of these may be is refused over there.
    const query: { readonly [field: string]: string } = {
      ...given(options, filters),
      ...(since === undefined ? {} : { since: sinceOf(since, now) }),
    };
    const listed = await readPages<RunRow>({ wanted, page }, async (place) => {
      const asking = api.v1.runs.$get({ query: { ...query, ...place } });
      const { runs: items, next } = await told(asking, 'runs', 'next');
      return { items, next };
    });
    const { items: runs, isMore } = listed;
    return {
      lines: runs.length === 0 ? ['there are no such runs'] : runTable(runs, width, now),
      data: { runs, more: isMore },
      ...nextOf('runs ls', options, [...filters, 'since'], { wanted, isMore }),
    };
  },
});

function sinceOf(text: string, now: number): string {
  const moment = momentOf(text, now);
  if (moment) return moment.toISOString();
  throw new Failure(
    'WRONG_COMMAND_LINE',
    `--since ${text} is neither a length of time nor an ISO time.`,
  );
}

const get = steeringCommand<{ run: string; journal?: boolean }>({
  name: 'runs get',
  summary: 'Show one run with its timeline',
  define: (command) => {
    command
      .argument('<run>', 'id of the run', checkedName)
      .option('--journal', 'show everything that happened to it as well');
  },
  act: async (steering, { run, journal = false }) => {
    const { api, told, width, now } = steering;
    const found = await told(api.v1.runs[':run'].$get({ param: { run } }), 'timeline');
    const entries = journal ? await readJournal(steering, run) : [];
    const history = entries.map(({ at, event, from, to, why }): [string, string[]] => [
      clock(at, now),
      [`${event} (${from === to ? to : `${from} to ${to}`}): ${withClocks(why, now)}`],
    ]);
    const own: RunPage = found;
    return {
      lines: [
        ...runLines(own, width, now),
        ...(journal ? ['', 'journal', ...facts(history, width)] : []),
      ],
      data: { run: found, ...(journal ? { journal: entries } : {}) },
      next: `\`drover runs explain ${run}\`, or \`drover logs ${run}\`.`,
    };
  },
});

/** Entries of a journal that are read at once, and in all. */
const journalPage = 500;
const mostEntries = 5_000;

async function readJournal({ api, told }: Steering, run: string) {
  const { items } = await readPages({ wanted: mostEntries, page: journalPage }, async (place) => {
    const asking = api.v1.runs[':run'].journal.$get({ param: { run }, query: place });
    const { entries, next } = await told(asking, 'entries');
    return { items: entries, next };
  });
  return items;
}

const explain = steeringCommand<{ run: string }>({
  name: 'runs explain',
  summary: 'Say on one screen why a run ran, when and how long, and what came of it',
  define: (command) => {
    command.argument('<run>', 'id of the run', checkedName);
  },
  act: async ({ api, told, width, now }, { run }) => {
    const found = await told(
      api.v1.runs[':run'].explain.$get({ param: { run } }),
      'run',
      'stages',
      'whyAgent',
    );
    const explained: Explanation = found;
    return { lines: explainLines(explained, width, now), data: { ...found } };
  },
});

const becameOf: { readonly [outcome: string]: string } = {
  cancelled: 'is cancelled: it was queued',
  killed: 'is killed',
  stopping: 'is being stopped',
  over: 'was over already',
};

const kill = steeringCommand<{ runs: string[] }>({
  name: 'runs kill',
  summary: 'Kill runs, whatever they are doing',
  about:
    'One that is queued is cancelled, one that runs is told to stop and is over when its container is, and one that is over stays as it is.',
  changes: true,
  define: (command) => {
    command.argument('<runs...>', 'ids of the runs', checkedNames);
  },
  act: async ({ api, told }, { runs }) => {
    // All of them are looked for first: an id that is typed wrongly ends none.
    for (const run of runs.length > 1 ? runs : []) {
      await told(api.v1.runs[':run'].$get({ param: { run } }), 'id');
    }
    const outcomes: { run: string; outcome: string }[] = [];
    for (const run of runs) {
      const asking = api.v1.runs[':run'].kill.$post({ param: { run }, header: {}, json: {} });
      outcomes.push(await told(asking, 'outcome'));
    }
    return {
      lines: outcomes.map(({ run, outcome }) => `${run} ${becameOf[outcome] ?? outcome}`),
      data: { runs: outcomes },
    };
  },
});

const retry = steeringCommand<{ run: string }>({
  name: 'runs retry',
  summary: 'Run a finished run again, with the release of now',
  changes: true,
  define: (command) => {
    command.argument('<run>', 'id of the run', checkedName);
  },
  act: async (steering, { run }) => {
    const { api, told, once } = steering;
    const asking = api.v1.runs[':run'].retry.$post({ param: { run }, header: once(), json: {} });
    const started = await told(asking, 'run');
    return startedResult(started, steering);
  },
});

interface Started {
  run: string;
  isNew: boolean;
  /** Why it does not start now, if so. */
  held: string | null;
}

/** What is told of a run that was asked for. */
export function startedResult(
  { run, isNew, held }: Started,
  { now, width }: Pick<Steering, 'now' | 'width'>,
) {
  return {
    lines: sentences(
      [
        `${run} is ${isNew ? 'admitted' : 'there already'}`,
        ...(held === null ? [] : [`it does not start now: ${withClocks(held, now)}`]),
      ],
      width,
    ),
    data: { run, isNew, held },
    next: `\`drover logs ${run} -f\`, or \`drover runs explain ${run}\`.`,
  };
}

const replay = steeringCommand<{ run: string }>({
  name: 'runs replay',
  summary: 'Ask the release of now for the work of the delivery that a run goes back to',
  about: 'Only the agent of the run is asked; `drover deliveries replay` asks all of them.',
  changes: true,
  define: (command) => {
    command.argument('<run>', 'id of the run', checkedName);
  },
  act: async (steering, { run }) => {
    const { api, told, once } = steering;
    const found = await told(api.v1.runs[':run'].$get({ param: { run } }), 'links', 'agent');
    const { agent, links } = found;
    const [collection, delivery] = (links.delivery ?? '').split('/');
    if (collection !== 'deliveries' || delivery === undefined) {
      throw new Failure('NOT_POSSIBLE', `${run} does not go back to a delivery.`, {
        todo: `Run \`drover runs retry ${run}\`, which runs it again whatever asked for it.`,
      });
    }
    const replayed = await told(
      api.v1.deliveries[':delivery'].replay.$post({
        param: { delivery },
        query: {},
        header: once(),
        json: { agents: [agent] },
      }),
      'runs',
    );
    const started = replayed.runs[agent];
    if (started === undefined) {
      const why = replayed.unmatched[agent] ?? [];
      return {
        lines: sentences(
          [`${delivery} starts nothing of ${agent} any more`, ...why],
          steering.width,
        ),
        data: { ...replayed },
        next: `\`drover deliveries dry-run ${delivery}\` shows why.`,
      };
    }
    return startedResult({ run: started, isNew: replayed.isNew, held: null }, steering);
  },
});

/** Commands about runs. */
export const runs: readonly CliCommand[] = [ls, get, explain, kill, retry, replay];
