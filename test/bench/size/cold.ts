import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FunctionName, functionNames } from '../../../infra/resources.ts';
import { installUpload } from '../../deployed/install.ts';
import { deployedNode } from '../../deployed/node.ts';
import { firstRequest } from '../../deployed/requests.ts';
import { type FirstAnswer, startAndAsk } from '../../deployed/start.ts';
import { startWorld } from '../../deployed/world.ts';
import type { Row } from '../rows.ts';
import { median } from '../statistics.ts';
import { clientPackages } from './imports.ts';

const repetitions = 5;
const everyClient = 'every-client.mjs';

/**
 * Each function as it is deployed, from the spawning of its process to its first 200, beside a `webhook` that loads every client
 * first (D16), and beside one without Node's compile cache. Every repetition starts each of them once, so that what else the
 * machine does falls on all alike.
 */
export async function coldStartRows(): Promise<Row[]> {
  const found = deployedNode();
  const node = 'node' in found ? found.node : process.execPath;
  const installed = await installUpload(node);
  const world = await startWorld();
  const { directory } = installed;
  const loadAll = `await Promise.all(${JSON.stringify(clientPackages)}.map((name) => import(name)));\n`;
  writeFileSync(join(directory, everyClient), loadAll);
  let count = 0;
  const start = async (
    name: FunctionName,
    flags: string[] = [],
    variables: { [name: string]: string } = {},
  ): Promise<FirstAnswer> => {
    count += 1;
    const environment = { ...world.environment, ...variables };
    const request = await firstRequest(world, name, count);
    const answer = await startAndAsk({ name, directory, node, environment, flags }, request);
    if (answer.status >= 300) throw new Error(`${name} answered ${answer.status}: ${answer.text}`);
    return answer;
  };
  const starts: { [title: string]: () => Promise<FirstAnswer> } = {
    ...Object.fromEntries(functionNames.map((name) => [name, () => start(name)])),
    'webhook with every client': () => start('webhook', ['--import', `./${everyClient}`]),
    'webhook without the compile cache': () =>
      start('webhook', [], { NODE_DISABLE_COMPILE_CACHE: '1' }),
  };
  const answers = new Map<string, FirstAnswer[]>();
  try {
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      for (const [title, ask] of Object.entries(starts)) {
        answers.set(title, [...(answers.get(title) ?? []), await ask()]);
      }
    }
  } finally {
    await world.stop();
    installed.remove();
  }
  const rows = [...answers].map(([title, all]) => rowOf(title, all));
  const lacks = 'missing' in found ? `on Node ${process.version}: ${found.missing}` : undefined;
  return [
    ...rows,
    ratio('webhook, of the time with every client', 'webhook with every client', 'tookMs', lacks),
    ratio('webhook, of the processor time with every client', 'webhook with every client', 'cpuMs'),
    ratio(
      'webhook, of the processor time without the compile cache',
      'webhook without the compile cache',
      'cpuMs',
    ),
  ];

  /** The median of what each repetition came to. */
  function ratio(name: string, beside: string, of: 'tookMs' | 'cpuMs', note?: string): Row {
    const others = answers.get(beside) ?? [];
    const each = (answers.get('webhook') ?? []).map(
      (answer, index) => (answer[of] ?? Number.NaN) / (others[index]?.[of] ?? Number.NaN),
    );
    return { name, value: median(each), unit: '×', ...(note !== undefined && { note }) };
  }
}

function rowOf(title: string, answers: readonly FirstAnswer[]): Row {
  const cpuMs = median(answers.map((answer) => answer.cpuMs ?? Number.NaN));
  return {
    name: `${title}, spawn → first 200`,
    value: median(answers.map(({ tookMs }) => tookMs)),
    unit: 'ms',
    note: `${cpuMs.toFixed(0)} ms of processor time`,
  };
}
