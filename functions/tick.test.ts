import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../infra/local/engines/engine.ts';
import { createIssuer, type Issuer } from '../infra/local/issuer.ts';
import { serviceAccount } from '../infra/resources.ts';
import { CloudError, type Ports } from '../shared/ports/index.ts';
import type { Schedule } from '../shared/schedules/schedule.ts';
import { projectOf } from '../test/project.ts';
import { cloudSettings, place, settings } from '../test/sim/place.ts';
import { createWorld, type World } from '../test/world.ts';
import { tokenReader } from './http/token-reader.ts';
import { tick } from './tick.ts';

const minuteMs = 60_000;
const caller = {
  email: serviceAccount('scheduler', place.project),
  audience: 'https://tick.test',
};

let issuer: Issuer;
let keys: Server;
let jwksUrl: string;
beforeAll(async () => {
  issuer = await createIssuer({ store: memoryStore(), now: Date.now });
  keys = createServer((_request, response) => response.end(JSON.stringify(issuer.jwks())));
  await new Promise<void>((done) => keys.listen(0, '127.0.0.1', done));
  jwksUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((done) => keys.close(done)));

/** The function in front of a world, called as Cloud Scheduler does. */
function callable({ ports, releases }: World): () => Promise<Response> {
  const app = tick({
    ports,
    settings,
    releases,
    readToken: tokenReader(jwksUrl),
    environment: {
      cloud: cloudSettings,
      settings,
      jwksUrl,
      callers: { dispatch: caller, poll: caller, tick: caller, logs: caller },
      control: { url: 'https://control.test', operators: [], viewers: [] },
    },
  });
  return async () => {
    const headers = { authorization: `Bearer ${await issuer.mint(caller)}` };
    return app.request('/', { method: 'POST', headers });
  };
}

function scheduled(schedule: Partial<Schedule> = {}) {
  const each = { cron: '* * * * *', timezone: 'UTC', catchup: 'none', jitter: 0 } as const;
  return { webhooks: [], schedule: { ...each, ...schedule } };
}

/** Ports whose sweep finds Firestore away. */
function withoutSweep(ports: Ports): Ports {
  return {
    ...ports,
    documents: {
      ...ports.documents,
      query: async (query) => {
        if (query.where?.some(([field]) => field === 'dueAt')) {
          throw new CloudError('unavailable', 'away');
        }
        return ports.documents.query(query);
      },
    },
  };
}

describe('tick', () => {
  it('answers with what the schedules and the sweep came to', async () => {
    const world = await createWorld({ project: projectOf({ a: scheduled() }) });
    const call = callable(world);
    const first = await call();
    expect(first.status).toBe(200);
    expect(await first.json()).toEqual({
      ok: true,
      admitted: 0,
      missed: 0,
      overdue: 0,
      orphans: 0,
      locks: 0,
      forgotten: 0,
    });
    await world.advance(3 * minuteMs);
    const second = await call();
    expect(await second.json()).toMatchObject({ ok: true, admitted: 1, missed: 2 });
    expect(await (await call()).json()).toMatchObject({ ok: true, admitted: 0, missed: 0 });
  });

  it('sweeps when nothing was published yet', async () => {
    const world = await createWorld({ project: projectOf({}) });
    await world.ports.documents.commit([{ op: 'delete', path: 'project/current' }]);
    expect((await callable(world)()).status).toBe(200);
  });

  it('admits what is due when the sweep fails, and answers so that Scheduler calls again', async () => {
    const world = await createWorld({
      project: projectOf({ a: scheduled() }),
      wrap: withoutSweep,
    });
    await world.advance(minuteMs);
    const answer = await callable(world)();
    expect(answer.status).toBe(503);
    expect(await world.runs()).toHaveLength(1);
  });

  it('sweeps when a schedule cannot be looked at, and answers so that Scheduler calls again', async () => {
    const world = await createWorld({
      project: projectOf({ a: {}, b: scheduled({ timezone: 'Mars/Phobos' }) }),
    });
    world.tasks.misbehave({ forget: 1 });
    const { a = '' } = await world.deliver('1');
    await world.settle();
    expect((await world.run(a)).state).toBe('queued');
    world.tasks.misbehave({});
    await world.advance(2 * minuteMs);
    const answer = await callable(world)();
    expect(answer.status).toBe(500);
    await world.settle();
    expect((await world.run(a)).state).toBe('running');
  });

  it('answers so that Scheduler calls again when both halves fail', async () => {
    const world = await createWorld({
      project: projectOf({ b: scheduled({ timezone: 'Mars/Phobos' }) }),
      wrap: withoutSweep,
    });
    expect((await callable(world)()).status).toBe(500);
  });
});
