import { execFileSync } from 'node:child_process';
import { repositoryRoot } from '../../../infra/local/repository.ts';
import { functionNames } from '../../../infra/resources.ts';
import type { Row } from '../rows.ts';
import { median } from '../statistics.ts';

const repetitions = 5;

/** The packages of every client that some function uses. */
export const clientPackages = [
  '@google-cloud/firestore',
  '@google-cloud/tasks',
  '@google-cloud/secret-manager',
  '@google-cloud/run',
  '@google-cloud/logging',
];

/** How long a new process takes until a function's own modules are there, beside every client (D16). */
export function importRows(): Row[] {
  const compiled = (path: string): string => new URL(`../../../${path}`, import.meta.url).href;
  const instance = compiled('functions/instance.js');
  const framework = ['@google-cloud/functions-framework', 'hono', '@hono/node-server'];
  const wanted: [string, string[]][] = [
    ['nothing', []],
    ['framework and hono', framework],
    ...functionNames.map((name): [string, string[]] => [
      name,
      [...framework, instance, compiled(`functions/${name}.js`)],
    ]),
    ['framework and every client', [...framework, ...clientPackages]],
  ];
  const taken = new Map(wanted.map(([name]) => [name, [] as number[]]));
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const [name, modules] of wanted) taken.get(name)?.push(importMs(modules));
  }
  return [...taken].map(([name, all]) => ({
    name: `spawn → imported: ${name}`,
    value: median(all),
    unit: 'ms',
  }));
}

/** The child says itself when it is done, by the clock it was started by: its end costs time as well. */
function importMs(modules: readonly string[]): number {
  const code = `${modules.map((name) => `await import(${JSON.stringify(name)});`).join('')}process.stdout.write(String(Date.now()));`;
  const spawned = Date.now();
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: repositoryRoot(),
  });
  return Number(said) - spawned;
}
