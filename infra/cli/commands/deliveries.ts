import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { recordOf } from '../../record-of.ts';
import { countOf, steeringCommand } from '../../steer/command.ts';
import { deliveryLines, verdictLines } from '../../steer/delivery-lines.ts';
import { checkedName } from '../../steer/name.ts';
import { given, mostListed, nextOf, readPages } from '../../steer/pages.ts';
import { table } from '../../steer/table.ts';
import { ago } from '../../steer/times.ts';
import { sentences } from '../../steer/width.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';

/** Deliveries of one page of the control API. */
const page = 200;

const filters = ['source', 'event'] as const;

interface ListOptions extends Partial<Record<(typeof filters)[number], string>> {
  outcome?: string;
  limit: string;
}

const ls = steeringCommand<ListOptions>({
  name: 'deliveries ls',
  summary: 'List the webhooks that came, the newest first, and what became of each',
  define: (command) => {
    command
      .option('--source <name>', 'only those of this source')
      .option('--event <name>', 'only those of this event')
      .option('--outcome <outcome>', 'only those that started runs (ran), or none (nothing)')
      .option('--limit <n>', `how many, at most ${mostListed}`, '20');
  },
  act: async (steering, options) => {
    const { limit, outcome } = options;
    const { api, told, width, now } = steering;
    const wanted = countOf('--limit', limit, mostListed);
    if (outcome !== undefined && outcome !== 'ran' && outcome !== 'nothing') {
      throw new Failure('WRONG_COMMAND_LINE', `--outcome ${outcome} is neither ran nor nothing.`);
    }
    const query: { source?: string; event?: string; outcome?: 'ran' | 'nothing' } = {
      ...given(options, filters),
      ...(outcome === undefined ? {} : { outcome }),
    };
    const listed = await readPages({ wanted, page }, async (place) => {
      const asking = api.v1.deliveries.$get({ query: { ...query, ...place } });
      const { deliveries: items, next } = await told(asking, 'deliveries', 'next');
      return { items, next };
    });
    const { items: found, isMore } = listed;
    const rows = table(
      found,
      [
        { title: 'DELIVERY', of: ({ id }) => id },
        { title: 'CAME', of: ({ received }) => ago(received, now) },
        { title: 'SUMMARY', of: ({ summary }) => summary, narrow: 'cut' },
      ],
      width,
    );
    return {
      lines: found.length === 0 ? ['there are no such deliveries'] : rows,
      data: { deliveries: found, more: isMore },
      ...nextOf('deliveries ls', options, [...filters, 'outcome'], { wanted, isMore }),
    };
  },
});

const get = steeringCommand<{ delivery: string; body?: string }>({
  name: 'deliveries get',
  summary: 'Show one delivery, and why each agent did or did not match',
  define: (command) => {
    command
      .argument('<delivery>', 'id of the delivery', checkedName)
      .option('--body <path>', 'write its body into this file, byte for byte');
  },
  act: async ({ api, told, width, now, session }, { delivery, body }) => {
    const found = await told(
      api.v1.deliveries[':delivery'].$get({ param: { delivery } }),
      'unmatched',
    );
    if (body !== undefined) {
      const answer = await api.v1.deliveries[':delivery'].body.$get({ param: { delivery } });
      if (!answer.ok) await told(Promise.resolve(answer));
      const file = resolve(session.shell.directory, body);
      write(file, new Uint8Array(await answer.arrayBuffer()));
    }
    return {
      lines: [
        ...deliveryLines(found, width, now),
        ...(body === undefined ? [] : ['', `its body is in ${body}`]),
      ],
      data: { delivery: found, ...(body === undefined ? {} : { body }) },
      next: `\`drover deliveries dry-run ${delivery}\` says what would become of it now.`,
    };
  },
});

/** It may hold what is nobody else's business. */
function write(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes, { mode: 0o600 });
  } catch (cause) {
    throw new Failure('WRONG_COMMAND_LINE', `${file} cannot be written.`, { cause });
  }
}

const replay = steeringCommand<{ delivery: string; agent?: string[] }>({
  name: 'deliveries replay',
  summary: 'Ask the release of now for the work of a delivery once more',
  changes: true,
  define: (command) => {
    command
      .argument('<delivery>', 'id of the delivery', checkedName)
      .option('--agent <names...>', 'only these agents (default: each that matches)');
  },
  act: async ({ api, told, once, width }, { delivery, agent }) => {
    const replayed = await told(
      api.v1.deliveries[':delivery'].replay.$post({
        param: { delivery },
        query: {},
        header: once(),
        json: agent === undefined ? {} : { agents: agent },
      }),
      'runs',
    );
    const started = Object.entries(replayed.runs);
    const said = [
      ...started.map(([name, run]) => `${run} of ${name} is admitted`),
      ...(started.length > 0 ? [] : ['it starts nothing']),
      ...Object.entries(replayed.unmatched).flatMap(([name, whys]) =>
        whys.map((why) => `${name}: ${why}`),
      ),
    ];
    return {
      lines: sentences(said, width),
      data: { delivery, ...replayed },
      ...(started[0] ? { next: `\`drover logs ${started[0][1]} -f\`.` } : {}),
    };
  },
});

interface DryRunOptions {
  delivery?: string;
  fixture?: string;
  source?: string;
}

const dryRun = steeringCommand<DryRunOptions>({
  name: 'deliveries dry-run',
  summary: 'Say what would become of a delivery now, filter by filter; nothing is done',
  about:
    'Of one that came, by its id; or of one that nobody sent: a file {"headers": {…}, "body": {…}} and the name of a source.',
  define: (command) => {
    command
      .argument('[delivery]', 'id of a delivery', checkedName)
      .option('--fixture <path>', 'a file with a request that nobody sent')
      .option('--source <name>', 'the source that it would come to, with --fixture');
  },
  act: async (steering, { delivery, fixture, source }) => {
    if ((delivery === undefined) === (fixture === undefined)) {
      throw new Failure('WRONG_COMMAND_LINE', 'Name a delivery, or a file with --fixture.');
    }
    if ((fixture === undefined) !== (source === undefined)) {
      throw new Failure('WRONG_COMMAND_LINE', '--fixture and --source go together.');
    }
    const { api, told, session, width } = steering;
    if (delivery !== undefined) {
      const param = { delivery };
      const found = await told(api.v1.deliveries[':delivery']['dry-run'].$get({ param }), 'agents');
      const isSeen = found.isDuplicate
        ? ['sent again, it would start nothing: it has started runs; a replay starts them']
        : [];
      return {
        lines: [...sentences(isSeen, width), ...verdictLines(found.agents, width)],
        data: { ...found },
        next: `\`drover deliveries replay ${delivery}\` does it.`,
      };
    }
    const json = { source: source ?? '', ...readRequest(session.shell.directory, fixture ?? '') };
    const found = await told(api.v1.deliveries['dry-run'].$post({ json }), 'kind');
    const agents = recordOf(found.agents);
    const why = typeof found.why === 'string' ? found.why : '';
    return {
      lines:
        found.kind === 'event'
          ? verdictLines(agents, width)
          : sentences(
              [found.kind === 'ping' ? 'it only tests the connection' : `it is refused: ${why}`],
              width,
            ),
      data: { ...found },
    };
  },
});

/** A request in a file. What is wrong with it beyond this, the control API says. */
function readRequest(directory: string, file: string) {
  let request: unknown;
  try {
    request = JSON.parse(readFileSync(resolve(directory, file), 'utf8'));
  } catch (cause) {
    throw new Failure('WRONG_COMMAND_LINE', `${file} cannot be read as JSON.`, { cause });
  }
  const { headers, body } = recordOf(request);
  return {
    ...(headers === undefined ? {} : { headers: recordOf(headers) as { [name: string]: string } }),
    body: typeof body === 'string' ? body : recordOf(body),
  };
}

/** Commands about deliveries. */
export const deliveries: readonly CliCommand[] = [ls, get, replay, dryRun];
