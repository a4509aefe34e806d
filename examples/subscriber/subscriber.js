import { createServer } from 'node:http';

/**
 * Hears of what happens to runs: Pub/Sub pushes each event of `drover-events` to it, one a request. It says each event once, and
 * in the order of its run. Nothing but Node is needed; docs/events.md has the command that deploys it.
 */

/** What is to be done with an event. Whatever it throws has Pub/Sub bring the event again. */
async function handle({ run, sequence, event, state, why }) {
  process.stdout.write(`${run} ${sequence} ${event}: ${state}, ${why}\n`);
}

/**
 * The number of the last event of each run that was handled: an event may come twice, and then it is not handled again. This one
 * forgets when it is restarted. Who must not handle an event twice keeps the number where its effects are, and writes both at once.
 */
const handled = new Map();
/** Runs whose number is remembered. */
const mostRuns = 10_000;

async function receive(event) {
  if (event.sequence <= (handled.get(event.run) ?? -1)) return;
  await handle(event);
  handled.delete(event.run);
  handled.set(event.run, event.sequence);
  if (handled.size > mostRuns) handled.delete(handled.keys().next().value);
}

/** Answers Pub/Sub: 204, it was handled; 500, bring it again. What is no event never becomes one: 204 too. */
async function answer(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let event;
  try {
    const { message } = JSON.parse(Buffer.concat(chunks).toString());
    event = JSON.parse(Buffer.from(message.data, 'base64').toString());
  } catch {
    process.stderr.write('what was pushed is no event\n');
    return 204;
  }
  // Another schema is another meaning: better to stop, and to find the event among the dead letters, than to guess.
  if (event?.schema !== 1) return 500;
  try {
    await receive(event);
    return 204;
  } catch (error) {
    process.stderr.write(`${event.run} ${event.sequence}: ${error}\n`);
    return 500;
  }
}

const server = createServer((request, response) => {
  answer(request).then(
    (status) => response.writeHead(status).end(),
    () => response.destroy(),
  );
});
// On this machine only this machine may call it; on Cloud Run everybody whom Cloud Run lets in.
const host = process.env.K_SERVICE === undefined ? '127.0.0.1' : '0.0.0.0';
server.listen(Number(process.env.PORT ?? 8080), host, () => {
  process.stdout.write(`listening on ${server.address().port}\n`);
});
