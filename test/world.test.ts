import { describe, expect, it } from 'vitest';
import { jobId } from '../shared/runs/names.ts';
import { projectOf } from './project.ts';
import { place } from './sim/place.ts';
import { createSchedule } from './sim/schedule.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

const payload = JSON.stringify({
  action: 'labeled',
  repository: { full_name: 'acme/pasture' },
  sender: { login: 'octavia' },
});

async function delivered(world: World, id: string, headers = world.signed(payload)) {
  return world.request('webhook', '/webhooks/github', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issues',
      'x-github-delivery': id,
      ...headers,
    },
    body: payload,
  });
}

const worldOf = (options: Partial<WorldOptions> = {}): Promise<World> =>
  createWorld({ project: projectOf({ triage: {} }), ...options });

describe('a request to a function of the world', () => {
  it('goes to its real handler: a signed delivery starts its run', async () => {
    const world = await worldOf();
    const { status, text, headers } = await delivered(world, '1');
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: 200,
      type: 'application/json',
    });
    const { triage } = JSON.parse(text).runs as { triage: string };
    await world.settle();
    expect((await world.run(triage)).state).toBe('running');
  });

  it('is refused where its sender has no right to it', async () => {
    const world = await worldOf();
    const forged = { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` };
    expect((await delivered(world, '1', forged)).status).toBe(401);
    for (const name of ['dispatch', 'poll', 'tick', 'logs'] as const) {
      expect((await world.request(name, '/', { method: 'POST', body: '{}' })).status).toBe(401);
    }
    expect((await world.request('control', '/v1/runs')).status).toBe(401);
    const asked = await world.request('control', '/v1/runs', {
      headers: world.credentials.operator,
    });
    expect(asked.status).toBe(200);
  });

  it('has one app an instance, which remembers', async () => {
    let reads = 0;
    const world = await worldOf({
      wrap: (ports) => ({
        ...ports,
        secrets: {
          ...ports.secrets,
          access: (id, version) => {
            reads += 1;
            return ports.secrets.access(id, version);
          },
        },
      }),
    });
    await delivered(world, '1');
    const once = reads;
    expect(once).toBeGreaterThan(0);
    await delivered(world, '2');
    expect(reads).toBe(once);
  });

  it('that is answered 500 is told of with what was thrown', async () => {
    const failures: string[] = [];
    const world = await worldOf({
      failed: (name, error) => failures.push(`${name}: ${error}`),
      wrap: (ports) => ({
        ...ports,
        documents: {
          ...ports.documents,
          query: async () => {
            throw new TypeError('not so');
          },
        },
      }),
    });
    await expect(world.tick()).rejects.toThrow('500');
    expect(failures.some((failure) => /^tick: .*TypeError: not so/s.test(failure))).toBe(true);
  });
});

describe('a world with a log sink', () => {
  const printed = async (world: World, runId: string): Promise<string[]> => {
    const chunks = await world.ports.documents.query<{ lines: { text: string }[] }>({
      collection: `runs/${runId}/logs`,
      limit: 100,
    });
    return chunks.flatMap(({ data }) => data.lines.map(({ text }) => text));
  };
  const started = async (options: Partial<WorldOptions> = {}) => {
    const schedule = createSchedule(Date.parse('2026-03-01T12:00:00Z'));
    const world = await worldOf({ logSink: true, schedule, ...options });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    return { world, triage };
  };

  it('brings what a container prints to its run', async () => {
    const { world, triage } = await started();
    world.print(triage, 'counting sheep');
    await world.advance(1_000);
    expect(await printed(world, triage)).toContain('counting sheep');
  });

  it('tells the end of an execution by a message, before the next poll', async () => {
    const { world, triage } = await started();
    await world.exit(triage, { exitCode: 0 });
    expect((await world.run(triage)).state).toBe('succeeded');
  });

  it('finds the end by a poll where the message is lost', async () => {
    const { world, triage } = await started();
    world.pubsub.misbehave({ forget: 1 });
    await world.exit(triage, { exitCode: 0 });
    expect((await world.run(triage)).state).toBe('running');
    await world.advance(10_000);
    expect((await world.run(triage)).state).toBe('succeeded');
  });

  it('delivers nothing while it must not, and all of it afterwards', async () => {
    let delivers = true;
    const { world, triage } = await started({ delivers: () => delivers });
    delivers = false;
    await world.exit(triage, { exitCode: 0 });
    await world.advance(60_000);
    expect((await world.run(triage)).state).toBe('running');
    delivers = true;
    await world.advance(60_000);
    expect((await world.run(triage)).state).toBe('succeeded');
  });

  it('starts one container where every call of Cloud Tasks is made twice at once', async () => {
    const { world, triage } = await started({ isTwice: () => true });
    expect(world.started).toEqual([jobId(triage)]);
    const job = `projects/${place.project}/locations/${place.region}/jobs/${jobId(triage)}`;
    expect(world.cloudRun.listExecutions({ parent: job }).executions).toHaveLength(1);
  });
});
