import { type Located, plain, type Report, valueAt } from './located.ts';
import { agentSchema } from './schema/agent-schema.ts';
import type { ProjectConfig } from './schema/project-schema.ts';

/** Memory in MiB that a task with this many CPUs may have (Cloud Run documentation, "Configure CPU limits for jobs"). */
const ranges = [
  { cpus: 1, from: 512, to: 4_096 },
  { cpus: 2, from: 512, to: 8_192 },
  { cpus: 4, from: 2_048, to: 16_384 },
  { cpus: 6, from: 4_096, to: 24_576 },
  { cpus: 8, from: 4_096, to: 32_768 },
] as const;

const mostCpus = 8;
const least = 512;
const most = 32_768;
const defaultMemory = '4Gi';

export interface Resources {
  /** Kubernetes quantity. */
  memory: string;
  cpus: string;
}

/**
 * What the container of an agent gets. What the agent asks for itself must be what Cloud Run has; what `[local]` says, which
 * was meant for Docker, is raised to it with a warning.
 *
 * @param warn Takes warnings about `[local]` of the project.
 */
export function readResources(
  agent: Located,
  local: ProjectConfig['local'],
  report: Report,
  warn: Report,
): Resources {
  const own = wanted(agent);
  if (own.memory !== undefined) {
    const memory = mebibytes(own.memory);
    if (memory < least || memory > most) {
      report(['memory'], `found "${own.memory}"; Cloud Run gives a task 512Mi to 32Gi`);
    } else if (own.cpus !== undefined) {
      const { from, to } = rangeOf(own.cpus);
      if (memory < from || memory > to) {
        const allowed = `${kubernetes(from)} to ${kubernetes(to)}`;
        const cpus = own.cpus === 1 ? '1 CPU' : `${own.cpus} CPUs`;
        report(['memory'], `found "${own.memory}"; with ${cpus} Cloud Run gives ${allowed}`);
      }
    }
  }
  const asked = mebibytes(own.memory ?? local?.memory ?? defaultMemory);
  const cpus = own.cpus ?? fewest(local?.cpus ?? 1, asked);
  const { from, to } = rangeOf(cpus);
  const memory = Math.min(Math.max(asked, from), to);
  if (own.cpus === undefined && local?.cpus !== undefined && cpus !== local.cpus) {
    warn(['local', 'cpus'], `found the number ${local.cpus}; Cloud Run gives ${cpus} instead`);
  }
  if (own.memory === undefined && local?.memory !== undefined && memory !== asked) {
    const given = kubernetes(memory);
    warn(['local', 'memory'], `found "${local.memory}"; Cloud Run gives ${given} instead`);
  }
  return { memory: kubernetes(memory), cpus: String(cpus) };
}

/** What the agent asks for itself, as far as it is right. */
function wanted(agent: Located): { memory: string | undefined; cpus: number | undefined } {
  const { memory, cpus } = agentSchema.shape;
  const at = (field: string): unknown => {
    const found = valueAt(agent, [field]);
    return found && plain(found);
  };
  return { memory: memory.safeParse(at('memory')).data, cpus: cpus.safeParse(at('cpus')).data };
}

/** The fewest CPUs that there are, at least `wanted`, with which this much memory may be had. */
function fewest(wanted: number, memory: number): number {
  return ranges.find(({ cpus, to }) => cpus >= wanted && memory <= to)?.cpus ?? mostCpus;
}

function rangeOf(wanted: number): { from: number; to: number } {
  return ranges.find(({ cpus }) => cpus === wanted) ?? { from: least, to: most };
}

/** Rounded up. Docker's units are powers of two, as those of Kubernetes are. */
function mebibytes(size: string): number {
  const [unit = ''] = /[kmg]/i.exec(size) ?? [];
  const bytes = Number.parseFloat(size) * 1_024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
  return Math.ceil(bytes / 1_024 ** 2);
}

function kubernetes(size: number): string {
  return size % 1_024 === 0 ? `${size / 1_024}Gi` : `${size}Mi`;
}
