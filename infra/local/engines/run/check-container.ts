import { dnsLabel, refuse } from './check.ts';
import { checkSecretRef } from './check-mounts.ts';
import type { Container, EnvVar, Strings } from './types.ts';

/** google/cloud/run/v2/k8s.min.proto, `EnvVar`. */
const longestEnv = 32_768;
/** Cloud Run documentation, environment variables. */
const mostEnv = 1000;
const reservedEnv: ReadonlySet<string> = new Set([
  'CLOUD_RUN_JOB',
  'CLOUD_RUN_EXECUTION',
  'CLOUD_RUN_TASK_INDEX',
  'CLOUD_RUN_TASK_ATTEMPT',
  'CLOUD_RUN_TASK_COUNT',
]);

const gi = 1024;
/** Most memory, in MiB, by CPUs (Cloud Run documentation, CPU limits for jobs). */
const mostMemory: readonly (readonly [cpus: number, mebibytes: number])[] = [
  [0.5, 512],
  [1, 1 * gi],
  [2, 4 * gi],
  [4, 8 * gi],
  [6, 16 * gi],
  [8, 24 * gi],
];
/** Least memory, in MiB, by CPUs (same). */
const leastMemory: { readonly [cpus: number]: number } = { 4: 2 * gi, 6: 4 * gi, 8: 4 * gi };

export function checkContainer(field: string, container: Container): void {
  if (container.name !== '' && !dnsLabel.test(container.name))
    refuse(`${field}.name`, `"${container.name}" is not a DNS label`);
  if (container.image === '') refuse(`${field}.image`, 'must be set');
  if (!/^[^\s]+$/.test(container.image)) refuse(`${field}.image`, 'is not an image reference');
  checkEnv(`${field}.env`, container.env);
  checkLimits(`${field}.resources.limits`, container.limits);
}

export function checkEnv(field: string, env: readonly EnvVar[]): void {
  if (env.length > mostEnv) refuse(field, `at most ${mostEnv} environment variables are allowed`);
  const names = env.map(({ name }) => name);
  const taken = names.filter((name) => reservedEnv.has(name));
  if (taken.length > 0)
    refuse(
      field,
      `The following reserved env names were provided: ${taken.join(', ')}. These values are automatically set by the system.`,
    );
  for (const [index, variable] of env.entries()) {
    const { name } = variable;
    if (name === '' || /[=\0]/.test(name) || name.startsWith('X_GOOGLE_'))
      refuse(`${field}[${index}].name`, `"${name}" is not allowed`);
    if (name.length > longestEnv)
      refuse(`${field}[${index}].name`, `must not exceed ${longestEnv} characters`);
    if (names.indexOf(name) !== index) refuse(`${field}[${index}].name`, `"${name}" is repeated`);
    if ('secret' in variable) checkSecretRef(`${field}[${index}].value_source`, variable.secret);
    else if (Buffer.byteLength(variable.value) > longestEnv)
      refuse(`${field}[${index}].value`, `must not exceed ${longestEnv} bytes`);
    else if (variable.value.includes('\0')) refuse(`${field}[${index}].value`, 'holds a NUL');
  }
}

function checkLimits(field: string, limits: Strings): void {
  for (const key of Object.keys(limits)) {
    if (key !== 'cpu' && key !== 'memory') refuse(field, `"${key}" is not supported`);
  }
  const cpus = readCpus(`${field}.cpu`, limits.cpu ?? '1');
  const memory = readMemory(`${field}.memory`, limits.memory ?? '512Mi');
  const needed = leastMemory[cpus] ?? 512;
  if (memory < needed)
    refuse(`${field}.memory`, `must be at least ${needed}Mi for ${cpus} CPUs (jobs run in gen2)`);
  const [, most = 32 * gi] = mostMemory.find(([below]) => cpus < below) ?? [];
  if (memory > most) refuse(`${field}.memory`, `must be at most ${most}Mi for ${cpus} CPUs`);
}

function readCpus(field: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(text);
  const cpus = Number(match?.[1]) / (match?.[2] ? 1000 : 1);
  const fraction = cpus >= 0.08 && cpus < 1;
  if (!fraction && ![1, 2, 4, 6, 8].includes(cpus))
    refuse(field, `invalid value "${text}": allowed are 0.08 to 1, 2, 4, 6 and 8`);
  return cpus;
}

/** In MiB. */
function readMemory(field: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(M|Mi|G|Gi)$/.exec(text);
  if (!match) refuse(field, `invalid value "${text}"`);
  const unit = { M: 1e6 / 2 ** 20, Mi: 1, G: 1e9 / 2 ** 20, Gi: gi }[match[2] ?? ''] ?? 1;
  return Number(match[1]) * unit;
}
