import type { Evidence } from './evidence.ts';
import type { Container } from './records.ts';
import type { Court } from './violation.ts';

/** A time during which a container could be sure to have a lock, in ms of the monotonic clock. */
interface Tenure {
  run: string;
  key: string;
  fence: number;
  from: number;
  to: number;
}

/** Of a key one container has the lock at a time, and each later one under a larger fence. */
export function judgeLocks({ hold }: Court, { containers, locks, runs }: Evidence): void {
  const tenures = containers.flatMap(tenuresOf).sort((one, other) => one.from - other.from);
  for (const key of new Set(tenures.map((tenure) => tenure.key))) {
    const own = tenures.filter((tenure) => tenure.key === key);
    for (const [index, after] of own.entries()) {
      const before = own[index - 1];
      if (!before) continue;
      const both = (): string =>
        `${key}: ${before.run} under ${before.fence} until ${before.to}, ${after.run} under ${after.fence} from ${after.from}`;
      hold(before.to <= after.from, 'locks', both, after.run);
      hold(before.fence < after.fence, 'fences', both, after.run);
    }
    const last = own.at(-1);
    const lock = locks.find((one) => one.key === key);
    hold(
      (lock?.fence ?? 0) >= (last?.fence ?? 0),
      'fences',
      () => `${key} has the fence ${lock?.fence}; ${last?.run} had ${last?.fence}`,
    );
  }
  for (const { key, holder } of locks) {
    hold(holder === null, 'left', () => `${key} is still held by ${holder}`, holder ?? undefined);
  }
  // A ring is real: each run in it was there, and is another.
  for (const { run, lines } of containers) {
    for (const line of lines) {
      if (line.what !== 'deadlocked') continue;
      const members = line.cycle.filter((_, index) => index % 2 === 0);
      const isReal =
        members.length > 1 &&
        members[0] === run &&
        members.every((id) => runs.has(id)) &&
        new Set(members).size === members.length;
      hold(isReal, 'deadlocks', () => `${run} was told of the ring ${line.cycle}`, run);
    }
  }
}

/** Each ends when the lock was about to be given back, when its time had passed for all that its holder knew, or when that fell silent. */
function tenuresOf({ run, lines }: Container): Tenure[] {
  const tenures: Tenure[] = [];
  const lastAt = lines.at(-1)?.at ?? 0;
  for (const [index, line] of lines.entries()) {
    if (line.what !== 'locked') continue;
    const { key, fence, at: from } = line;
    let { until } = line;
    let to = lastAt;
    for (const later of lines.slice(index + 1)) {
      if (!('key' in later) || later.key !== key) continue;
      if (later.what === 'kept') until = later.until;
      if (later.what === 'unlocking' || later.what === 'lost') {
        to = later.at;
        break;
      }
    }
    tenures.push({ run, key, fence, from, to: Math.max(from, Math.min(to, until)) });
  }
  return tenures;
}
