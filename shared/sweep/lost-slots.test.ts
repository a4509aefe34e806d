import { expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { readAgentState, readCurrent } from '../agents/state.ts';
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
  await freeLostSlots(ports, seen);
  expect(log).toEqual([]);
  expect((await readAgentState(world.ports, 'triage')).data.inFlight).toEqual([]);
});

it('a slot of the project that a first limit gave to a run which had just ended is free after one sweep, though nobody waits', async () => {
  const world = await createWorld({ project: projectOf({ triage: { timeout: 3_600 } }) });
  const { triage = '' } = await world.deliver('1');
  await world.settle();
  await world.exit(triage, { exitCode: 0 });
  await world.publish({ ...projectOf({ triage: {} }), scale: 1 });
  const current = await readCurrent(world.ports);
  const path = current?.path ?? '';
  await world.ports.documents.commit([{ op: 'update', path, fields: { inFlight: [triage] } }]);
  await world.sweep();
  expect((await readCurrent(world.ports))?.data.inFlight).toEqual([]);
});

it('a slot of the project is left to the run that has it', async () => {
  const world = await createWorld({
    project: { ...projectOf({ triage: { timeout: 3_600 } }), scale: 1 },
  });
  const { triage = '' } = await world.deliver('1');
  await world.settle();
  await world.sweep();
  expect((await readCurrent(world.ports))?.data.inFlight).toEqual([triage]);
});
