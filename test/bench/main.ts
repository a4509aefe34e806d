import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { acknowledgementRows } from './ack/ack.ts';
import { countedRows } from './counts/rows.ts';
import { describeMachine } from './machine.ts';
import { type BenchOptions, type PartName, readOptions, usage } from './options.ts';
import { budgetOf, formatRows, isOver, type Row, readBudget } from './rows.ts';
import { coldStartRows } from './size/cold.ts';
import { importRows } from './size/imports.ts';
import { localCloudRows } from './size/local.ts';
import { startRows } from './start/start.ts';

interface Part {
  title: string;
  measure(): Promise<Row[]>;
}

function partsOf({ profiles, runs }: BenchOptions): { [name in PartName]: Part } {
  return {
    counts: { title: 'What one run asks of Google, counted', measure: countedRows },
    ack: {
      title: 'Acknowledging webhooks, beside the floor',
      measure: () => acknowledgementRows(profiles),
    },
    start: { title: 'From the 200 to the container', measure: startRows },
    cold: {
      title: 'Cold functions',
      measure: async () => [...importRows(), ...(await coldStartRows())],
    },
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
  for (const name of options.parts) {
    const { title, measure } = parts[name];
    print(`\n${title}`);
    const measured = await measure();
    for (const line of formatRows(measured, budget)) print(line);
    rows.push(...measured);
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
