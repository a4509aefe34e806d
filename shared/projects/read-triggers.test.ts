import { describe, expect, it } from 'vitest';
import { filtersOf, providers } from '../webhooks/providers.ts';
import { agentOf, problemsOf, withOne } from './test-project.ts';

const project = providers.map(({ type }) => `[webhooks.${type}]\ntype = "${type}"\n`).join('');
const trigger = (source: string, fields = ''): string =>
  `[[webhooks]]\nsource = "${source}"\n${fields}\n`;

describe('a trigger', () => {
  it('keeps its filters as lists, its expression, and nothing else', () => {
    const fields = 'events = ["issues"]\nauthor = "ann"\nif = "event.repo == \'a/b\'"';
    expect(agentOf(trigger('github', fields), project).webhooks).toEqual([
      {
        source: 'github',
        filters: { events: ['issues'], author: ['ann'] },
        if: "event.repo == 'a/b'",
      },
    ]);
    expect(agentOf(trigger('github'), project).webhooks).toEqual([
      { source: 'github', filters: {}, if: null },
    ]);
  });

  it.each(providers.map(({ type }) => type))('of type %s may have each of its filters', (type) => {
    const filters = Object.entries(filtersOf(type));
    const fields = filters.map(([name, { isFlag }]) => `${name} = ${isFlag ? 'true' : '"x"'}`);
    const [read] = agentOf(trigger(type, fields.join('\n')), project).webhooks;
    expect(read?.filters).toEqual(
      Object.fromEntries(filters.map(([name, { isFlag }]) => [name, [isFlag ? 'true' : 'x']])),
    );
  });

  it('takes the names that Action Llama’s documents promise', () => {
    expect(agentOf(trigger('mintlify', 'projects = ["p"]'), project).webhooks).toHaveLength(1);
    expect(agentOf(trigger('twitter', 'users = ["u"]'), project).webhooks).toHaveLength(1);
  });

  it('must name a source of the project', () => {
    expect(problemsOf(withOne(`${trigger('github')}${trigger('gitlab')}`, project))).toEqual({
      where: ['agents/one/config.toml:5: webhooks.1.source'],
      messages: ['"gitlab" is not a source of the project; did you mean github?'],
    });
    expect(problemsOf(withOne(trigger('github'))).messages).toEqual([
      '"github" is not a source of the project; under [webhooks] it has none',
    ]);
    expect(problemsOf(withOne('[[webhooks]]\nevents = ["x"]', project)).where).toEqual([
      'agents/one/config.toml:1: webhooks.0.source',
    ]);
  });

  it.each([
    ['github', 'repository', '; write repos'],
    ['github', 'repo', '; write repos'],
    ['github', 'event', '; write events'],
    ['github', 'action', '; write actions'],
    ['github', 'label', '; write labels'],
    ['github', 'branch', '; write branches'],
    ['github', 'organization', '; write orgs'],
    ['linear', 'organization', '; write organizations'],
    ['discord', 'guild', '; write guilds'],
    ['discord', 'channel', '; write channels'],
    ['discord', 'command', '; write commands'],
    ['github', 'lables', '; did you mean labels?'],
    ['sentry', 'branches', '; there are resources, '],
    ['github', 'constructor', '; there are events, '],
  ])('on %s with the filter %s is a problem that says what to write', (source, filter, message) => {
    const { where, messages } = problemsOf(withOne(trigger(source, `${filter} = ["x"]`), project));
    expect(where).toEqual([`agents/one/config.toml:3: webhooks.0.${filter}`]);
    expect(messages[0]).toContain(`not a filter of type ${source}${message}`);
  });

  it.each([
    ['labels = [1]', 'labels.0', 'found the number 1'],
    ['labels = []', 'labels', 'found an empty list'],
    ['labels = true', 'labels', 'found the boolean true'],
    [`labels = "${'x'.repeat(301)}"`, 'labels', 'at most 300 characters'],
    ['if = "1 +"', 'if', ''],
    ['if = 1', 'if', 'expected a text'],
  ])('is held to types and limits: %s', (fields, field, message) => {
    const { where, messages } = problemsOf(withOne(trigger('github', fields), project));
    expect(where).toEqual([`agents/one/config.toml:3: webhooks.0.${field}`]);
    expect(messages[0]).toContain(message);
  });
});
