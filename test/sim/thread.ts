import { parentPort } from 'node:worker_threads';
import { type Ask, tell } from './ask.ts';

// Lives what it is asked to, one life after another.
const port = parentPort;
port?.on('message', (ask: Ask) => {
  void tell(ask).then((told) => port.postMessage(told));
});
