import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { findEmulator } from './find.ts';

/** A running emulator of Google's: the oracle that our own stand-in is held to (D13). */
export interface Emulator {
  /** `127.0.0.1:<port>`, gRPC without TLS. */
  endpoint: string;
  /** Ends the process. It ends by itself when the process that started it dies. */
  stop(): Promise<void>;
}

/** Why there is no emulator on this machine. The suites that need one are skipped. */
export interface NoEmulator {
  missing: string;
}

/** Longest time that an emulator may take to listen, in ms (0.5 to 1.3 s on an idle machine). */
const patience = 30_000;

/** Starts Google's Firestore emulator, empty. Needs Java and the SDK's component `cloud-firestore-emulator`. */
export function startFirestoreEmulator(): Promise<Emulator | NoEmulator> {
  return start('Firestore', 'cloud-firestore-emulator', /^cloud-firestore-emulator.*\.jar$/, [
    // Its error messages exist in English only.
    '-Duser.language=en',
    '-cp',
    jar,
    'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
    'start',
  ]);
}

/** Starts Google's Pub/Sub emulator, empty. Needs Java and the SDK's component `pubsub-emulator`. */
export function startPubSubEmulator(): Promise<Emulator | NoEmulator> {
  return start('Pub/Sub', 'pubsub-emulator/lib', /^cloud-pubsub-emulator-.*-all\.jar$/, [
    '-jar',
    jar,
  ]);
}

/** Stands for the jar's path in an emulator's arguments. */
const jar = '<jar>';

async function start(
  service: string,
  folder: string,
  name: RegExp,
  command: readonly string[],
): Promise<Emulator | NoEmulator> {
  const found = findEmulator(folder, name);
  if ('missing' in found) {
    // Straight to the terminal: what a test file logs is shown only when it fails.
    process.stderr.write(`skipped: what needs Google's ${service} emulator (${found.missing})\n`);
    return found;
  }
  const port = await freePort();
  const args = command.map((part) => (part === jar ? found.jar : part));
  const child = spawn(found.java, [...args, '--host=127.0.0.1', `--port=${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-2_000);
  });
  const guard = watch(child);
  const stop = () => end(child, guard);
  try {
    await listening(port, child);
  } catch (error) {
    await stop();
    throw new Error(`Google's ${service} emulator did not start: ${complaints}`, { cause: error });
  }
  return { endpoint: `127.0.0.1:${port}`, stop };
}

/** A second process that ends `child` when this one is gone, however it went: its input closes then. */
function watch(child: ChildProcess): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', `cat >/dev/null; kill -9 ${child.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  for (const part of [child, guard]) part.unref();
  return guard;
}

async function end(child: ChildProcess, guard: ChildProcess): Promise<void> {
  // The guard first: the child's pid may be another process's a moment later.
  guard.kill('SIGKILL');
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port to listen on');
  return address.port;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let waited = 0; waited < patience; waited += 50) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    if (await accepts(port)) return;
    await setTimeout(50);
  }
  throw new Error(`nothing listens on port ${port} after ${patience} ms`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
