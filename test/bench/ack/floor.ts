import { createServer } from 'node:http';
import { workerData } from 'node:worker_threads';
import { FieldValue } from '@google-cloud/firestore';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { Hono } from 'hono';
import { leaveDomain } from '../../../functions/http/leave-domain.ts';
import { listenerOf } from '../../../functions/http/listener.ts';
import { receiveRawBodies } from '../../../functions/http/raw-bodies.ts';
import { clients } from '../../../shared/cloud/clients.ts';
import { cloudSettings, place } from '../host/options.ts';

/**
 * The least that an acknowledgement can cost: the HTTP stack of the functions with a handler that makes one commit of the
 * documents that Drover makes of a delivery, one CreateTask, and nothing else. The clients are called directly.
 */
const { port } = workerData as { port: number };
const endpoint = process.env.DROVER_CLOUD_ENDPOINT ?? '';
const dispatchUrl = process.env.DROVER_DISPATCH_URL ?? '';
const settings = cloudSettings(endpoint, dispatchUrl);
const google = clients(settings);
const firestore = await google.firestore();
const tasks = await google.tasks();
const parent = `projects/${place.project}/locations/${place.region}/queues/drover-dispatch`;

type Fields = { [field: string]: unknown };
let documents: { delivery: Fields; body: Fields; run: Fields } | undefined;
let served = 0;

const app = new Hono();

/** Takes the documents of a delivery that Drover accepted as the pattern of those to come. */
app.post('/pattern', async (context) => {
  const { delivery, run } = await context.req.json<{ delivery: string; run: string }>();
  const read = async (path: string): Promise<Fields> => {
    const data = (await firestore.doc(path).get()).data();
    if (!data) throw new Error(`${path} is not there`);
    return data;
  };
  documents = {
    delivery: await read(`deliveries/${delivery}`),
    body: await read(`deliveries/${delivery}/body/000`),
    run: { ...(await read(`runs/${run}`)), admittedAt: FieldValue.serverTimestamp() },
  };
  return context.json({ ok: true });
});

app.post('/', async (context) => {
  if (!documents) return context.json({ error: 'no pattern yet' }, 503);
  served += 1;
  const delivery = `deliveries/floor-${served}`;
  const batch = firestore.batch();
  batch.create(firestore.doc(delivery), documents.delivery);
  batch.set(firestore.doc(`${delivery}/body/000`), documents.body);
  batch.create(firestore.doc(`runs/floor-${served}`), documents.run);
  await batch.commit();
  await tasks.createTask({
    parent,
    task: {
      httpRequest: {
        httpMethod: 'POST',
        url: dispatchUrl,
        headers: { 'Content-Type': 'application/json' },
        body: Buffer.from('{"agent":"bench"}'),
        oidcToken: { serviceAccountEmail: settings.tasksServiceAccount, audience: dispatchUrl },
      },
    },
  });
  return context.json({ ok: true });
});

receiveRawBodies();
const listener = listenerOf(app);
http('floor', (request, response) => {
  leaveDomain();
  return listener(request, response);
});
const server = getTestServer('floor');
const front = createServer((request, response) => server.emit('request', request, response));
await new Promise<void>((resolve) => front.listen(port, '127.0.0.1', resolve));
