import { describe, expect, it } from 'vitest';
import type { Documents } from '../../shared/ports/index.ts';
import { controlOf } from '../../test/control.ts';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';

/** A control API, and how often Firestore was asked for anything. */
async function counted() {
  let calls = 0;
  const count =
    <A extends unknown[], R>(call: (...given: A) => R) =>
    (...given: A): R => {
      calls += 1;
      return call(...given);
    };
  const world = await createWorld({
    project: projectOf({ triage: {} }),
    wrap: (ports) => {
      const { get, query, commit, count: counting } = ports.documents;
      const documents = {
        get: count(get),
        query: count(query),
        commit: count(commit),
        count: count(counting),
      } as Documents;
      return { ...ports, documents };
    },
  });
  return { control: await controlOf(world), calls: () => calls };
}

describe('whoever is refused', () => {
  it.each([
    ['has no key', { key: null }, 401],
    ['has a wrong key', { key: 'guess' }, 401],
    ['is a viewer who wants to change something', { key: 'the-viewers-key' }, 403],
  ])('because who asks %s, has cost no call of Firestore', async (_what, asking, status) => {
    const { control, calls } = await counted();
    const before = calls();
    for (let n = 0; n < 20; n += 1) {
      const answer = await control.post('/v1/agents/triage/pause', { why: 'x' }, asking);
      expect(answer.status).toBe(status);
    }
    expect(calls()).toBe(before);
    await control.get('/v1/project');
    expect(calls()).toBeGreaterThan(before);
  });
});
