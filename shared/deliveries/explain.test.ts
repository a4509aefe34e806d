import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentOf, onGithub, projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { pauseAgent, pauseProject } from '../agents/pause.ts';
import { matchAgents } from '../webhooks/match.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import { explainAgents } from './explain.ts';
import { explainDelivery } from './explain-delivery.ts';

const context: WebhookContext = {
  source: 'github',
  event: 'issues',
  action: 'labeled',
  repo: 'acme/pasture',
  labels: ['agent', 'bug'],
  sender: 'octavia',
  timestamp: '2026-03-01T12:00:00.000Z',
};
const event = { context, payload: { sender: { login: 'octavia' } } };

describe('the explanation of an event', () => {
  it('has every filter of every trigger: what is wanted, what was found, and whether it passes', async () => {
    const { dev } = await explainAgents(
      {
        dev: agentOf({
          webhooks: [
            onGithub({ labels: ['docs'], actions: ['labeled'] }),
            onGithub(),
            { source: 'other', filters: { events: ['x'] }, if: null },
          ],
        }),
      },
      ['github'],
      event,
    );
    expect(dev).toMatchObject({ matches: true, why: null });
    expect(dev?.triggers).toMatchObject([
      {
        source: 'github',
        matches: false,
        why: null,
        filters: [
          { filter: 'labels', wanted: ['docs'], found: ['agent', 'bug'], passes: false },
          { filter: 'actions', wanted: ['labeled'], found: ['labeled'], passes: true },
        ],
      },
      { source: 'github', matches: true, filters: [] },
      { source: 'other', matches: false, why: 'source: wanted other, found github', filters: [] },
    ]);
  });

  it('has the expression of a trigger, with what it came to', async () => {
    const condition = 'payload.sender.login == "ben"';
    const { dev } = await explainAgents(
      { dev: agentOf({ webhooks: [{ source: 'github', filters: {}, if: condition }] }) },
      ['github'],
      event,
    );
    expect(dev?.triggers[0]?.filters).toMatchObject([
      { filter: 'if', wanted: [condition], passes: false },
    ]);
  });

  it('says why an agent does not run though a trigger matches, or has none', async () => {
    const explained = await explainAgents(
      { idle: agentOf({ scale: 0 }), deaf: agentOf({ webhooks: [] }) },
      ['github'],
      event,
    );
    expect(explained.idle).toMatchObject({
      matches: false,
      why: 'scale: the agent is disabled',
      triggers: [{ matches: true }],
    });
    expect(explained.deaf).toMatchObject({
      matches: false,
      why: 'source: the agent has no webhook trigger',
    });
  });

  it('comes to what the matching comes to', async () => {
    const values = fc.subarray(['agent', 'bug', 'labeled', 'issues', '!bug', 'a*']);
    const filters = fc.record(
      { labels: values, actions: values, events: values, branches: values },
      { requiredKeys: [] },
    );
    const trigger = fc.record({
      source: fc.constantFrom('github', 'other'),
      filters: filters.map((wanted) => ({ ...wanted }) as { [name: string]: string[] }),
      if: fc.constantFrom(null, 'true', 'payload.missing == 1', '('),
    });
    const agent = fc.record({
      scale: fc.nat(1),
      webhooks: fc.array(trigger, { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), agent), async (agents) => {
        const { matched } = await matchAgents(agents, ['github'], event);
        const explained = await explainAgents(agents, ['github'], event);
        const names = Object.keys(explained).filter((name) => explained[name]?.matches);
        expect(names).toEqual(matched);
        expect(Object.keys(explained)).toEqual(Object.keys(agents));
      }),
    );
  });
});

const byLabel = (label: string) => ({ webhooks: [onGithub({ labels: [label] })] });

async function explain(world: World, id = 'github:1') {
  const published = await world.releases.current();
  if (!published) throw new Error('no release');
  return explainDelivery(world.ports, published, id);
}

async function explained(world: World) {
  const explanation = await explain(world);
  if (typeof explanation === 'string') throw new Error(explanation);
  return explanation;
}

describe('the explanation of a delivery', () => {
  it('tells which run it would start, and that is the one that it starts', async () => {
    const world = await createWorld({ project: projectOf({ dev: byLabel('agent') }) });
    await world.deliver('1', { labels: ['bug'] });
    expect(await explained(world)).toMatchObject({
      isDuplicate: false,
      paused: null,
      agents: { dev: { matches: false, run: null, paused: null } },
    });
    await world.publish(projectOf({ dev: byLabel('bug') }));
    const { agents, release } = await explained(world);
    expect(agents.dev).toMatchObject({ matches: true });
    expect(await world.runs()).toEqual([]);
    expect(await world.deliver('1', { labels: ['bug'] })).toEqual({ dev: agents.dev?.run });
    expect(release).toBe((await world.releases.current())?.id);
  });

  it('says that it has produced work, so that the same again would start nothing', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    await world.deliver('1');
    expect(await explained(world)).toMatchObject({
      isDuplicate: true,
      agents: { dev: { matches: true, run: null } },
    });
  });

  it('says what is paused', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    await world.deliver('1');
    const actor = { who: 'mara', why: 'lunch' };
    await pauseProject(world.ports, actor);
    await pauseAgent(world.ports, 'dev', actor);
    const pause = { by: 'mara', why: 'lunch' };
    expect(await explained(world)).toMatchObject({
      paused: pause,
      agents: { dev: { paused: pause } },
    });
  });

  it('writes nothing and wakes nobody', async () => {
    let writes = 0;
    const world = await createWorld({
      project: projectOf({ dev: byLabel('bug') }),
      wrap: (ports) => ({
        ...ports,
        documents: {
          ...ports.documents,
          commit: (list) => {
            writes += 1;
            return ports.documents.commit(list);
          },
        },
        tasks: {
          ...ports.tasks,
          enqueue: (wakeUp) => {
            writes += 1;
            return ports.tasks.enqueue(wakeUp);
          },
        },
      }),
    });
    await world.deliver('1', { labels: ['agent'] });
    const before = writes;
    await explained(world);
    expect(writes).toBe(before);
  });

  it('of a delivery that is not there is unknown, and of one without its body says so', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    await world.deliver('1');
    expect(await explain(world, 'github:2')).toBe('unknown');
    expect(await explain(world, 'a/b')).toBe('unknown');
    await world.ports.documents.commit([{ op: 'delete', path: 'deliveries/github:1/body/000' }]);
    expect(await explain(world)).toBe('body_gone');
  });
});
