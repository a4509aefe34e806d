import { hostFunctions } from './functions-host.ts';

/**
 * A process with nothing but the functions in it, which may be killed while the local cloud goes on:
 * `node functions-process.js PORT`, with a channel to whoever started it. It ends when that one does.
 */
const port = Number(process.argv[2]);
process.once('disconnect', () => process.exit());

/** Whoever reads the log learns which process this is, before anything is loaded and when it listens. */
function say(message: string): void {
  const line = { severity: 'INFO', message, pid: process.pid, time: new Date().toISOString() };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

say('functions starting');
await hostFunctions(port);
say('functions up');
process.send?.('up');
