import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { acknowledgementRows } from './ack/ack.ts';
import { startUpRows } from './cli/start-up.ts';
import { costRows } from './costs/rows.ts';
import { countedRows } from './counts/rows.ts';
import { logRows } from './logs/visible.ts';
import { describeMachine } from './machine.ts';
import { type BenchOptions, type PartName, readOptions, usage } from './options.ts';
import { blockOf, writePage } from './page.ts';
import { budgetOf, formatRows, isOver, type Row, readBudget } from './rows.ts';
import { coldStartRows } from './size/cold.ts';
import { importRows } from './size/imports.ts';
import { localCloudRows } from './size/local.ts';
import { startRows } from './start/start.ts';

interface Part {
  title: string;
  /** It counts, and is the same on every machine. */
  isCounted?: true;
  measure(): Promise<Row[]>;
}

function partsOf({ profiles, runs }: BenchOptions): { [name in PartName]: Part } {
  return {
    counts: {
      title: 'What one run asks of Google, counted',
      isCounted: true,
      measure: countedRows,
    },
    costs: { title: 'What that costs', isCounted: true, measure: costRows },
    ack: {
      title: 'Acknowledging webhooks, beside the floor',
      measure: () => acknowledgementRows(profiles),
    },
    start: { title: 'From the 200 to the container', measure: startRows },
    logs: { title: 'A hundred log lines a second, until they are seen', measure: logRows },
    cold: {
      title: 'Cold functions',
      measure: async () => [...importRows(), ...(await coldStartRows())],
    },
    cli: { title: 'Commands', measure: startUpRows },
    local: { title: 'The local cloud', measure: () => localCloudRows(runs) },
  };
}

async function bench(options: BenchOptions): Promise<void> {
  const machine = describeMachine();
  const budget = readBudget();
  const parts = partsOf(options);
  const print = (line = ''): void => void process.stdout.write(`${line}\n`);
  print(
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, commit ${machine.commit}, ${machine.date}`,
  );
  if (machine.loadBefore > machine.cores / 4) {
    print(
      `The machine was busy (load ${machine.loadBefore.toFixed(1)}): times are worse than they are.`,
    );
  }
  const begun = performance.now();
  const rows: Row[] = [];
  const blocks = new Map<string, string>();
  for (const name of options.parts) {
    const { title, isCounted = false, measure } = parts[name];
    print(`\n${title}`);
    const measured = await measure();
    for (const line of formatRows(measured, budget)) print(line);
    rows.push(...measured);
    blocks.set(name, blockOf(measured, budget, isCounted ? undefined : machine));
  }
  const over = rows.filter(({ name, value }) => {
    const known = budgetOf(budget, name);
    return known && isOver(known, value);
  });
  const seconds = Math.round((performance.now() - begun) / 1_000);
  const figures = rows.map((row) => ({ ...row, ...budgetOf(budget, row.name) }));
  const out = resolve(options.out);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify({ machine, seconds, rows: figures }, null, 2)}\n`);
  if (options.page) writePage(blocks);
  print(`\n${over.length} over budget; ${seconds} s; written to ${options.out}`);
}

const options = readOptions(process.argv.slice(2));
if (options === 'help') process.stdout.write(`${usage}\n`);
else if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n\n${usage}\n`);
  process.exitCode = 2;
} else {
  if (options.profiles !== undefined) mkdirSync(options.profiles, { recursive: true });
  await bench(options);
  // Clients of what was stopped keep trying to reach it.
  process.exit();
}
