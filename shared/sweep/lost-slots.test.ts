import { expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { readAgentState } from '../agents/state.ts';
import { freeLostSlots } from './lost-slots.ts';

it('a slot that was given back while the sweep looked is not said to have been lost', async () => {
  const world = await createWorld({ project: projectOf({ triage: { timeout: 3_600 } }) });
  const { triage = '' } = await world.deliver('1');
  await world.settle();
  const seen = await readAgentState(world.ports, 'triage');
  expect(seen.data.inFlight).toEqual([triage]);
  await world.exit(triage, { exitCode: 0 });
  await world.settle();
  const log: string[] = [];
  const warn = (message: string): void => void log.push(message);
  const ports = { ...world.ports, log: { ...world.ports.log, warn } };
  await freeLostSlots(ports, seen, undefined);
  expect(log).toEqual([]);
  expect((await readAgentState(world.ports, 'triage')).data.inFlight).toEqual([]);
});
