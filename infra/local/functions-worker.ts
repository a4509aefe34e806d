import { parentPort, workerData } from 'node:worker_threads';
import { hostFunctions } from './functions-host.ts';

/** A thread with nothing but the functions in it: their own event loop and environment, as a function instance has. */
const { port } = workerData as { port: number };
await hostFunctions(port);
parentPort?.postMessage('ready');
