import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../../../infra/local/repository.ts';
import { startLocalCloud } from '../local-cloud.ts';
import type { Row } from '../rows.ts';
import { median } from '../statistics.ts';
import { loadedModules } from './loaded-modules.ts';

const repetitions = 9;

/** The command as it is installed. */
export const command = join(repositoryRoot(), 'dist/infra/cli/main.js');

/**
 * How long a command takes from its spawning to its end, beside a Node that does nothing: each repetition starts all of them once,
 * in turn, so that what else the machine does falls on all alike.
 */
export async function startUpRows(): Promise<Row[]> {
  const cloud = await startLocalCloud({ queue: 10 });
  const commands: { [title: string]: string[] } = {
    'node -e 0': ['-e', '0'],
    'drover --help': [command, '--help'],
    'drover doctor --offline': [command, 'doctor', '--offline'],
    'drover status': [command, 'status'],
  };
  const taken = new Map<string, number[]>(Object.keys(commands).map((title) => [title, []]));
  try {
    // Once unmeasured: files that nobody has read yet, and functions that have not answered yet.
    for (let repetition = -1; repetition < repetitions; repetition += 1) {
      for (const [title, args] of Object.entries(commands)) {
        const tookMs = timed(args, cloud.directory);
        if (repetition >= 0) taken.get(title)?.push(tookMs);
      }
    }
  } finally {
    await cloud.stop();
  }
  const floor = taken.get('node -e 0') ?? [];
  const rows = [...taken].flatMap(([title, all]): Row[] => {
    const row = { name: `${title}, spawn → end`, value: median(all), unit: 'ms' };
    const ratios = all.map((ms, index) => ms / (floor[index] ?? Number.NaN));
    const ratio = { name: `${title}, of node -e 0`, value: median(ratios), unit: '×' };
    return all === floor ? [row] : [row, ratio];
  });
  return [...rows, ...moduleRows()];
}

/** What a command loads before it can say anything: the same on every machine. */
export function moduleRows(): Row[] {
  const modules = loadedModules([command, '--help']);
  return [
    {
      name: 'modules that drover --help loads',
      value: modules.length,
      unit: '',
      note: `${modules.filter((path) => path.includes('/node_modules/')).length} of them of packages`,
    },
  ];
}

function timed(args: readonly string[], directory: string): number {
  const begun = performance.now();
  execFileSync(process.execPath, args, { cwd: directory, stdio: 'ignore' });
  return performance.now() - begun;
}
