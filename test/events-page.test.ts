import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../infra/local/repository.ts';
import type { RunEvent } from '../shared/events/event.ts';
import type { EventMessage } from '../shared/ports/index.ts';
import { transitions } from '../shared/runs/states.ts';
import { projectOf } from './project.ts';
import { createWorld } from './world.ts';

const page = readFileSync(join(repositoryRoot(), 'docs/events.md'), 'utf8');

/** What is published of a run that fails, the last event first. */
async function published(): Promise<EventMessage[]> {
  const messages: EventMessage[] = [];
  const world = await createWorld({
    project: projectOf({ triage: {} }),
    container: () => ({ exitCode: 3 }),
    wrap: (ports) => ({
      ...ports,
      events: {
        publish: async (key, all) => {
          messages.unshift(...all.toReversed());
          await ports.events.publish(key, all);
        },
      },
    }),
  });
  await world.deliver('1');
  await world.settle();
  return messages;
}

describe('docs/events.md', () => {
  it('shows an event as it is, and says of each field what it is', async () => {
    const [last] = await published();
    const event = JSON.parse(last?.data ?? '{}') as RunEvent;
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    const shown = JSON.parse(json) as RunEvent;
    expect(Object.keys(shown)).toEqual(Object.keys(event));
    expect(shown.why).toBe(event.why);
    expect(shown.schema).toBe(event.schema);
    for (const [field, value] of Object.entries(shown.set)) {
      expect(typeof value, field).toBe(typeof event.set[field]);
    }
    const table = page.slice(page.indexOf('| field | is |'));
    for (const field of Object.keys(event)) expect(table).toMatch(`\`${field}\``);
  });

  it('names each event that there is, and no other', () => {
    const [, row = ''] = /\| `event` \| `admit`, or an event of .*?: (.*) \|/.exec(page) ?? [];
    const named = [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    const all = new Set(Object.values(transitions).flatMap((events) => Object.keys(events)));
    expect(named.sort()).toEqual([...all].sort());
  });

  it('names each attribute', async () => {
    const [last] = await published();
    const [, row = ''] = /The attributes are (.*?), so that/.exec(page) ?? [];
    const named = [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(named).toEqual(Object.keys(last?.attributes ?? {}));
  });
});
