import { describe, expect, it } from 'vitest';
import { projectOf } from '../project.ts';
import { createSiteFinder } from './find-site.ts';
import { live, type Scenario } from './live.ts';
import { listSites } from './sites.ts';
import { readSources } from './syntax.ts';

const findSite = createSiteFinder(listSites(readSources()));

/** A delivery to one agent. */
const delivered = (more: Partial<Scenario> = {}): Scenario => ({
  title: 'a delivery',
  project: projectOf({ triage: {} }),
  live: async (stage) => {
    await stage.world.call('webhook', (ports) => ports.documents.get('deliveries/github:1'));
    await stage.deliver('1');
  },
  check: async () => {},
  ...more,
});

describe('a life', () => {
  it('tells the site of each call of the domain, and which calls come from nowhere', async () => {
    const { calls, unknown, wrong } = await live(delivered, findSite);
    expect(wrong).toBeUndefined();
    expect(calls.map(({ site }) => site)).toContain(
      'shared/deliveries/accept.ts admit documents.commit',
    );
    expect(unknown).toEqual(['documents.get']);
  });

  it('counts the sweeps that it takes to heal: here a lease dies with its holder', async () => {
    const fault = {
      site: 'shared/agents/fill.ts fill documents.commit',
      occurrence: 1,
      when: 'after',
      how: 'crash',
    } as const;
    const { hasFailed, sweeps, wrong } = await live(delivered, findSite, fault);
    expect({ hasFailed, sweeps, wrong }).toEqual({ hasFailed: true, sweeps: 1, wrong: undefined });
  });

  it('is wrong where a run has a second container, by whatever name', async () => {
    const { wrong } = await live(
      () =>
        delivered({
          live: async (stage) => {
            const { triage = '' } = await stage.deliver('1');
            await stage.until(triage, 'succeeded');
            await stage.world.ports.jobs.start({
              id: 'another',
              startToken: 'a1',
              serviceAccount: 'drover-a-test',
              image: 'agents/test',
              env: { SHUTDOWN_SECRET: stage.secretOf(triage) },
              secretEnv: {},
              secretFiles: [],
              memory: '512Mi',
              cpus: '1',
              timeoutSeconds: 60,
              labels: {},
            });
          },
        }),
      findSite,
    );
    expect(wrong).toMatch(/^triage-\w+ was started twice$/);
  });

  it('is wrong where something never heals, and where the end is not what it must be', async () => {
    const stuck = await live(
      () =>
        delivered({ container: () => 'runs', project: projectOf({ triage: { timeout: 86_400 } }) }),
      findSite,
    );
    expect(stuck.wrong).toMatch(/^triage-\w+ is running and not cleaned up$/);
    const check = async (): Promise<void> => {
      throw new Error('not that');
    };
    expect((await live(() => delivered({ check }), findSite)).wrong).toBe('not that');
  });
});
