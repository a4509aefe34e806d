import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../../infra/local/repository.ts';

export const partNames = [
  'counts',
  'costs',
  'ack',
  'start',
  'logs',
  'cold',
  'cli',
  'local',
] as const;
export type PartName = (typeof partNames)[number];

export interface BenchOptions {
  parts: readonly PartName[];
  /** Where the figures are written as JSON. */
  out: string;
  /** Runs that the local cloud makes for its part. */
  runs: number;
  /** Whether the page of benchmarks gets the tables of what was measured. */
  page: boolean;
  /** Where CPU profiles of the acknowledging threads are written. */
  profiles?: string;
}

export const usage = `Usage: npm run bench -- [options]

  --only PART[,PART]  measure only these parts: ${partNames.join(', ')} (default: all)
  --out FILE          write the figures to FILE (default: .drover/bench.json)
  --page              write the tables of these parts into docs/benchmarks.md
  --runs N            make N runs in the part local (default: 200)
  --profiles DIR      write CPU profiles of the functions' and the floor's thread to DIR, made while acknowledging
  --help              show this`;

/** Reads the command line; a string is what is wrong with it. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' | { wrong: string } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return 'help';
  const asked = values.only?.split(',') ?? partNames;
  const parts = partNames.filter((part) => asked.includes(part));
  if (parts.length !== asked.length) {
    return { wrong: `--only ${values.only}: the parts are ${partNames.join(', ')}` };
  }
  const runs = Number(values.runs ?? 200);
  if (!Number.isInteger(runs) || runs < 1)
    return { wrong: `--runs ${values.runs} is not a number of runs` };
  return {
    parts,
    runs,
    page: values.page ?? false,
    out: values.out ?? join(repositoryRoot(), '.drover', 'bench.json'),
    ...(values.profiles !== undefined && { profiles: values.profiles }),
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      out: { type: 'string' },
      runs: { type: 'string' },
      page: { type: 'boolean' },
      profiles: { type: 'string' },
      help: { type: 'boolean' },
    },
  }).values;
}
