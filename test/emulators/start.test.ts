import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startFirestoreEmulator, startPubSubEmulator } from './start.ts';

/** Whether something listens there. */
async function listens(endpoint: string): Promise<boolean> {
  const [host, port] = endpoint.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test.for([
  ['Firestore', startFirestoreEmulator],
  ['Pub/Sub', startPubSubEmulator],
] as const)('Google’s %s emulator listens until it is stopped', async ([, start], { skip }) => {
  const emulator = await start();
  if ('missing' in emulator) return skip(emulator.missing);
  expect(await listens(emulator.endpoint)).toBe(true);
  await emulator.stop();
  expect(await listens(emulator.endpoint)).toBe(false);
  await emulator.stop();
});
