import { describe, expect, it } from 'vitest';
import { checkDelivery, type Post } from '../../infra/doctor/check-delivery.ts';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import { onGithub, projectOf } from '../project.ts';
import { place } from '../sim/place.ts';
import { createWorld, type World } from '../world.ts';

const listening = { dev: { webhooks: [onGithub({ events: ['issues'] })] } };

async function worldOf(agents = listening): Promise<World> {
  return createWorld({ project: projectOf(agents) });
}

/** The deployed webhook, as the world has it. */
function posting(world: World): { post: Post; answers: number[]; urls: string[] } {
  const answers: number[] = [];
  const urls: string[] = [];
  return {
    answers,
    urls,
    post: async (url, { headers, body }) => {
      urls.push(url);
      const path = url.slice(url.indexOf('/webhooks/'));
      const { status, text } = await world.request('webhook', path, {
        method: 'POST',
        headers,
        body,
      });
      answers.push(status);
      return { status, text };
    },
  };
}

function check(world: World, post: Post) {
  const { clock, random, ...ports } = world.ports;
  return checkDelivery({ ports, clock, random, place, post });
}

const deliveries = (world: World) =>
  world.ports.documents.query<Delivery>({ collection: 'deliveries', limit: 10 });

describe('the test delivery', () => {
  it('is refused with a wrong signature, then taken, kept, and starts nothing', async () => {
    const world = await worldOf();
    const { post, answers, urls } = posting(world);
    expect(await check(world, post)).toEqual([]);
    expect(answers).toEqual([401, 200]);
    expect(new Set(urls)).toEqual(
      new Set(['https://here-drover-test.cloudfunctions.net/drover-webhook/webhooks/github']),
    );
    await world.settle();
    expect(await world.runs()).toEqual([]);
    const kept = await deliveries(world);
    expect(kept.map(({ data }) => [data.outcome, data.event])).toEqual([
      ['nothing', 'drover_doctor'],
    ]);
  });

  it('is a ping where an agent listens to everything, and says what that leaves unknown', async () => {
    const world = await worldOf({ dev: { webhooks: [onGithub()] } });
    const { post, answers } = posting(world);
    const findings = await check(world, post);
    expect(findings).toMatchObject([{ code: 'DELIVERY_NOT_TRIED', severity: 'warning' }]);
    expect(findings[0]?.what).toContain('dev would be started');
    expect(answers).toEqual([401, 200]);
    await world.settle();
    expect([await world.runs(), await deliveries(world)]).toEqual([[], []]);
  });

  it.each([
    [403, '<html>Forbidden</html>', 'WEBHOOK_CLOSED'],
    [401, '{"error":"signature validation failed"}', 'WEBHOOK_REFUSES'],
    [500, '{"error":"internal"}', 'WEBHOOK_FAILS'],
    [404, '<html>Page not found</html>', 'WEBHOOK_FAILS'],
  ])('tells an answer of %i %s as %s', async (status, text, code) => {
    const world = await worldOf();
    const findings = await check(world, async () => ({ status, text }));
    expect(findings.map((each) => each.code)).toEqual([code]);
  });

  it('tells a webhook that takes what nobody signed', async () => {
    const world = await worldOf();
    const findings = await check(world, async () => ({ status: 200, text: '{"ok":true}' }));
    expect(findings).toMatchObject([{ code: 'WEBHOOK_UNGUARDED', severity: 'error' }]);
  });

  it('looks for the document of what was said to be taken', async () => {
    const world = await worldOf();
    let isSecond = false;
    const findings = await check(world, async () => {
      const answer = isSecond
        ? { status: 200, text: '{"ok":true,"delivery":"github:doctor-1"}' }
        : { status: 401, text: '{}' };
      isSecond = true;
      return answer;
    });
    expect(findings).toMatchObject([{ code: 'DELIVERY_NOT_KEPT' }]);
  });

  it('tells that nothing answers, and throws what is a mistake of ours', async () => {
    const world = await worldOf();
    const unreachable = await check(world, () => Promise.reject(new TypeError('fetch failed')));
    expect(unreachable).toMatchObject([{ code: 'WEBHOOK_UNREACHABLE' }]);
    await expect(check(world, () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  });

  it('is not sent where there is nothing to sign it with', async () => {
    const world = await worldOf();
    await world.ports.secrets.delete('drover-cred-github_webhook_secret-default');
    const { post, answers } = posting(world);
    expect(await check(world, post)).toMatchObject([{ code: 'DELIVERY_NOT_TRIED' }]);
    expect(answers).toEqual([]);
  });
});
