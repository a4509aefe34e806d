import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { advance } from './advance.ts';
import { fits, pageOf, type Reason, reasons } from './reasons.ts';
import type { Run } from './run.ts';
import { isOver, type RunEvent, type RunState, transitions } from './states.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

async function running(): Promise<{ id: string; run: Run }> {
  const world = await createWorld({ project: projectOf({ triage: {} }), container: () => 'runs' });
  const { triage: id = '' } = await world.deliver('1');
  await world.settle();
  return { id, run: await world.run(id) };
}

const { id, run } = await running();

function end(state: RunState, event: RunEvent, reason: Reason | null | undefined) {
  const document = { id, path: `runs/${id}`, version: 'v' as never, data: { ...run, state } };
  const set = reason === undefined ? {} : { reason };
  return advance(document, { event, why: 'because', set }, now);
}

/** Each way in which a run ends: from where, by what, and into which state. */
const endings = (Object.keys(transitions) as RunState[]).flatMap((from) =>
  Object.entries(transitions[from]).flatMap(([event, to]) =>
    isOver(to as RunState) ? [[from, event as RunEvent, to as RunState] as const] : [],
  ),
);

describe('the reason of an ending', () => {
  it('has ways to end to be looked at', () => {
    expect(endings.length).toBeGreaterThan(10);
  });

  it.each(endings)('is asked of a run that is %s when it is to %s', (from, event, to) => {
    expect(() => end(from, event, undefined)).toThrow(`cannot be ${to}`);
    expect(() => end(from, event, null)).toThrow(`cannot be ${to}`);
  });

  it.each(endings)('must fit: a run that is %s is to %s', (from, event, to) => {
    const all = Object.keys(reasons) as Reason[];
    expect(all.some((reason) => fits(reason, to))).toBe(true);
    for (const reason of all) {
      if (fits(reason, to)) expect(() => end(from, event, reason)).not.toThrow();
      else expect(() => end(from, event, reason)).toThrow(`for ${reason}`);
    }
  });

  it('is linked from the run, and from the journal’s entry of its end', () => {
    const [document, entry] = end('running', 'fail', 'exit_code');
    const links = { ...run.links, reason: 'docs/errors/exit_code.md' };
    expect(document).toMatchObject({ fields: { reason: 'exit_code', links } });
    expect(entry).toMatchObject({ data: { set: { links } } });
  });

  it('has a page each', () => {
    for (const reason of Object.keys(reasons) as Reason[]) {
      expect(existsSync(new URL(`../../${pageOf(reason)}`, import.meta.url)), reason).toBe(true);
    }
  });
});
