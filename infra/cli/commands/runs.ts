import { countOf, type Steering, steeringCommand } from '../../steer/command.ts';
import { type Explanation, explainLines } from '../../steer/explain-lines.ts';
import { checkedName, checkedNames } from '../../steer/name.ts';
import { type RunPage, runLines } from '../../steer/run-page.ts';
import { type RunRow, runTable } from '../../steer/run-table.ts';
import { facts } from '../../steer/table.ts';
import { clock, momentOf, withClocks } from '../../steer/times.ts';
import { sentences } from '../../steer/width.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';

/** Runs of one page of the control API. */
const page = 200;
/** Runs that a list has, at most. */
const mostListed = 10_000;

interface ListOptions {
  agent?: string;
  state?: string;
  reason?: string;
  trigger?: string;
  delivery?: string;
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
  act: async (steering, { since, limit, ...filter }) => {
    const { now, width } = steering;
    const wanted = countOf('--limit', limit, mostListed);
    const query = { ...filter, ...(since === undefined ? {} : { since: sinceOf(since, now) }) };
    const { runs, isMore } = await listRuns(steering, query, wanted);
    return {
      lines: runs.length === 0 ? ['there are no such runs'] : runTable(runs, width, now),
      data: { runs, more: isMore },
      ...(isMore
        ? { next: `\`drover runs ls --limit ${Math.min(mostListed, wanted * 5)}\` shows more.` }
        : {}),
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

/** Runs, page by page until there are as many as wanted. */
async function listRuns(
  { api, told }: Steering,
  filter: { readonly [field: string]: string },
  wanted: number,
): Promise<{ runs: RunRow[]; isMore: boolean }> {
  const runs: RunRow[] = [];
  let cursor: string | null | undefined;
  do {
    const limit = String(Math.min(page, wanted - runs.length));
    const query = { ...filter, limit, ...(cursor ? { cursor } : {}) };
    const found = await told(api.v1.runs.$get({ query }), 'runs', 'next');
    runs.push(...found.runs);
    cursor = found.next;
  } while (cursor !== null && runs.length < wanted);
  return { runs, isMore: cursor !== null };
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
  const read = (cursor: string | null) =>
    told(
      api.v1.runs[':run'].journal.$get({
        param: { run },
        query: { limit: String(journalPage), ...(cursor === null ? {} : { cursor }) },
      }),
      'entries',
    );
  let found = await read(null);
  const entries = [...found.entries];
  while (found.next !== null && entries.length < mostEntries) {
    found = await read(found.next);
    entries.push(...found.entries);
  }
  return entries;
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
    const outcomes: { run: string; outcome: string }[] = [];
    for (const run of runs) {
      const asking = api.v1.runs[':run'].kill.$post({ param: { run }, header: {}, json: {} });
      outcomes.push(await told(asking, 'outcome').catch(afterOthers(outcomes)));
    }
    return {
      lines: outcomes.map(({ run, outcome }) => `${run} ${becameOf[outcome] ?? outcome}`),
      data: { runs: outcomes },
    };
  },
});

/** Of several, one that is refused does not hide what became of those before it. */
function afterOthers(done: readonly { run: string; outcome: string }[]): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Failure) || done.length === 0) throw error;
    const before = done.map(({ run, outcome }) => `${run} ${becameOf[outcome] ?? outcome}`);
    throw new Failure(error.code, error.message, {
      todo: error.todo,
      details: [...error.details, ...before],
      cause: error,
    });
  };
}

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
