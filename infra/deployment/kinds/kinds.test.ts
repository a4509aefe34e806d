import { describe, expect, it } from 'vitest';
import type { Command } from '../kind.ts';
import { resourcesOf } from '../list.ts';
import type { Resource, ResourceKind } from '../resource.ts';
import { kindOf, kinds } from './index.ts';
import { deployment, typed } from './test-kind.ts';

const resources = resourcesOf(deployment);
const names = Object.keys(kinds) as ResourceKind[];
const of = (name: ResourceKind): Resource[] => resources.filter(({ kind }) => kind === name);
const commandsOf = (resource: Resource): Command[] => {
  const kind = kindOf(resource);
  return [
    ...kind.list(deployment, of(resource.kind)),
    ...kind.create(deployment, resource),
    ...(kind.createAll?.(deployment, of(resource.kind)) ?? []),
  ];
};

describe('each kind of resource', () => {
  it.each(names)('%s is in the list, and is asked for and made by commands', (name) => {
    expect(of(name)).not.toEqual([]);
    for (const resource of of(name)) {
      expect(kindOf(resource).list(deployment, of(name))).not.toEqual([]);
      expect(kindOf(resource).create(deployment, resource)).not.toEqual([]);
    }
  });

  it.each(names)('%s is not there when nothing was answered', (name) => {
    for (const resource of of(name)) {
      expect(kindOf(resource).read(deployment, of(name), []).size).toBe(0);
    }
  });

  it('leaves to whoever runs a command which project it is for, and what it prints', () => {
    for (const command of resources.flatMap(commandsOf)) {
      expect(typed(command)).not.toMatch(/ --(project|quiet|format)\b/);
    }
  });

  it('puts our label on what can carry one', () => {
    const labelled: readonly ResourceKind[] = ['topic', 'subscription', 'repository', 'function'];
    for (const resource of labelled.flatMap(of)) {
      const [first] = kindOf(resource).create(deployment, resource);
      expect(first && typed(first)).toMatch(/ --(update-)?labels=drover=deployment\b/);
    }
  });

  it('calls Google alone', () => {
    for (const command of resources.flatMap(commandsOf)) {
      if (command.tool === 'api')
        expect(command.url).toMatch(/^https:\/\/[a-z]+\.googleapis\.com\//);
    }
  });
});
