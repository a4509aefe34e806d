import { describe, expect, it } from 'vitest';
import { agentOf, problemsOf, warningsOf, withOne } from './test-project.ts';

const resources = (agent: string, project = ''): string => {
  const { memory, cpus } = agentOf(agent, project);
  return `${memory} ${cpus}`;
};

describe('memory and CPUs', () => {
  it.each([
    ['', '4Gi 1'],
    ['memory = "512m"', '512Mi 1'],
    ['memory = "1536Mi"', '1536Mi 1'],
    ['memory = "4g"', '4Gi 1'],
    ['memory = "5Gi"', '5Gi 2'],
    ['memory = "32Gi"', '32Gi 8'],
    ['cpus = 4', '4Gi 4'],
    ['cpus = 8', '4Gi 8'],
    ['cpus = 6\nmemory = "24Gi"', '24Gi 6'],
  ])('that an agent asks for are what Cloud Run has: %j', (agent, given) => {
    expect(resources(agent)).toBe(given);
  });

  it.each([
    ['[local]\nmemory = "4g"', '', '4Gi 1', []],
    ['[local]\nmemory = "6g"', '', '6Gi 2', []],
    ['[local]\nmemory = "1.5g"', '', '1536Mi 1', []],
    ['[local]\nmemory = "2GiB"', '', '2Gi 1', []],
    ['[local]\nmemory = "1048577k"', '', '1025Mi 1', []],
    ['[local]\nmemory = "4294967296"', '', '4Gi 1', []],
    ['[local]\nmemory = "64m"', '', '512Mi 1', ['local.memory']],
    ['[local]\nmemory = "64g"', '', '32Gi 8', ['local.memory']],
    ['[local]\ncpus = 2', '', '4Gi 2', []],
    ['[local]\ncpus = 0.5', '', '4Gi 1', ['local.cpus']],
    ['[local]\ncpus = 3', '', '4Gi 4', ['local.cpus']],
    ['[local]\ncpus = 64', '', '4Gi 8', ['local.cpus']],
    ['[local]\ncpus = 8\nmemory = "1g"', '', '4Gi 8', ['local.memory']],
    ['[local]\ncpus = 0.5\nmemory = "64m"', 'cpus = 2\nmemory = "1g"', '1Gi 2', []],
    ['[local]\nmemory = "16g"', 'cpus = 1', '4Gi 1', ['local.memory']],
  ])(
    'of [local] are raised to what Cloud Run has, with a warning: %j %j',
    (project, agent, given, warned) => {
      expect(resources(agent, project)).toBe(given);
      const { where } = warningsOf(withOne(agent, project));
      expect(where.map((place) => place.split(': ')[1])).toEqual(warned);
    },
  );

  it.each([
    ['memory = "256m"', 'memory', 'Cloud Run gives a task 512Mi to 32Gi'],
    ['memory = "33g"', 'memory', 'Cloud Run gives a task 512Mi to 32Gi'],
    ['memory = "lots"', 'memory', 'expected a size such as "512Mi" or "2Gi"'],
    ['memory = "2"', 'memory', 'found "2"; Cloud Run gives a task 512Mi to 32Gi'],
    ['memory = "2x"', 'memory', 'expected a size such as "512Mi" or "2Gi"'],
    ['memory = "-2g"', 'memory', 'expected a size such as "512Mi" or "2Gi"'],
    ['memory = 2', 'memory', 'found the number 2; expected a size'],
    ['cpus = 3', 'cpus', 'found the number 3; expected 1, 2, 4, 6 or 8'],
    ['cpus = 0.5', 'cpus', 'expected 1, 2, 4, 6 or 8'],
    ['cpus = 1\nmemory = "8Gi"', 'memory', 'with 1 CPU Cloud Run gives 512Mi to 4Gi'],
    ['cpus = 8\nmemory = "2Gi"', 'memory', 'with 8 CPUs Cloud Run gives 4Gi to 32Gi'],
  ])('that Cloud Run refuses are a problem: %j', (agent, field, message) => {
    const { where, messages } = problemsOf(withOne(agent));
    expect(where.map((place) => place.split(': ')[1])).toEqual([field]);
    expect(messages[0]).toContain(message);
  });
});
