import { parseArgs } from 'node:util';

export const usage = `Usage: npm run scale -- [--runs N] [--agents A] [--hours H] [--burst N] [--quotas google|none|N] [--seed S]

  --runs N     deliveries of the day (default: 100000)
  --agents A   agents that they are spread over (default: 200)
  --hours H    hours that the day has (default: 24)
  --burst N    instead of a day: so many deliveries to one agent of scale 8 within a second
  --quotas Q   google: Google's defaults, 60 administrative writes of Cloud Run a minute (default); N: the same with so many
               of these writes; none: no quota
  --seed S     what chance begins with (default: 1)`;

export interface ScaleOptions {
  runs: number;
  agents: number;
  hours: number;
  burst: number | undefined;
  /** Administrative writes of Cloud Run a minute; undefined: no quotas. */
  quota: number | undefined;
  seed: number;
}

/** Google's default (Cloud Run quotas page). */
const usualWrites = 60;

/** Undefined when something is not understood. */
export function readOptions(args: string[]): ScaleOptions | undefined {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: {
        runs: text,
        agents: text,
        hours: text,
        burst: text,
        quotas: text,
        seed: text,
      },
    });
    const { quotas = 'google' } = values;
    const quota =
      quotas === 'none' ? undefined : quotas === 'google' ? usualWrites : Number(quotas);
    const read: ScaleOptions = {
      runs: Number(values.runs ?? 100_000),
      agents: Number(values.agents ?? 200),
      hours: Number(values.hours ?? 24),
      burst: values.burst === undefined ? undefined : Number(values.burst),
      quota,
      seed: Number(values.seed ?? 1),
    };
    const isSound = Object.values(read).every((value) => value === undefined || value > 0);
    return isSound ? read : undefined;
  } catch {
    return undefined;
  }
}
