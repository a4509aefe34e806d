import { describe, expect, it } from 'vitest';
import { type Deployment, nameOf } from '../deployment/resource.ts';
import type { Inventory } from './inventory.ts';
import type { Leftover } from './leftovers.ts';
import { subjectOf } from './subject.ts';
import { teardownPlan } from './teardown-plan.ts';

const deployment: Deployment = {
  project: 'acme-drover',
  region: 'europe-west1',
  projectNumber: '123456789012',
  agents: [{ agent: 'triage', homeSecrets: ['drover-cred-github_token-default'] }],
  operators: [],
  viewers: [],
};
const subject = subjectOf(deployment);

/** Everything of the list is there; of bindings, what their kind needs to know to take them. */
const everything: Inventory = {
  found: new Map(
    subject.resources.map((resource) => [
      nameOf(resource),
      resource.kind === 'binding'
        ? { on: resource.on, fullRole: resource.role, who: resource.member, condition: null }
        : { name: `x/${resource.id}`, labels: { drover: 'deployment' }, collections: [] },
    ]),
  ),
};
const leftovers: readonly Leftover[] = [
  { kind: 'job', id: 'drover-triage-aaaaaaaa', isData: false },
  { kind: 'secret', id: 'drover-run-triage_aaaaaaaa-1', isData: false },
  { kind: 'secret', id: 'drover-cred-github_token-default', isData: true },
];

function titles(keepData: boolean, found = everything): string[] {
  return teardownPlan(subject, found, leftovers, { keepData }).steps.map(({ title }) => title);
}

/** Where the first title with these words stands. */
function at(list: readonly string[], words: string): number {
  const found = list.findIndex((title) => title.includes(words));
  expect(found, words).toBeGreaterThanOrEqual(0);
  return found;
}

describe('the plan of a teardown', () => {
  it('removes all but the services, which others may use', () => {
    const list = titles(false);
    const kinds = new Set(
      teardownPlan(subject, everything, leftovers, { keepData: false }).steps.map(
        ({ resource }) => resource.kind,
      ),
    );
    expect(kinds.has('api')).toBe(false);
    for (const { kind, id } of subject.resources) {
      if (['api', 'binding', 'index', 'field'].includes(kind)) continue;
      expect(
        list.some((title) => title.endsWith(` ${id}`)),
        `${kind} ${id}`,
      ).toBe(true);
    }
  });

  it('stops what starts work before what does it, and removes the jobs of runs once nothing makes more', () => {
    const list = titles(false);
    expect(at(list, 'scheduler job drover-tick')).toBeLessThan(at(list, 'function drover-tick'));
    expect(at(list, 'queue drover-poll')).toBeLessThan(at(list, 'function drover-poll'));
    expect(at(list, 'function drover-dispatch')).toBeLessThan(
      at(list, 'job drover-triage-aaaaaaaa'),
    );
    expect(at(list, 'job drover-triage')).toBeLessThan(at(list, 'service account drover-a-triage'));
  });

  it('takes what is granted on the project before the accounts go, and leaves the rest to go with its target', () => {
    const list = titles(false);
    expect(at(list, 'droverTick on project')).toBeLessThan(at(list, 'service account drover-tick'));
    expect(list.filter((title) => title.includes(' on queue/'))).toEqual([]);
    expect(list.filter((title) => title.includes(' on function/'))).toEqual([]);
  });

  it('drops indexes with their database', () => {
    const list = titles(false);
    expect(list.filter((title) => title.includes('index '))).toEqual([]);
    expect(list).toContain('Remove database (default)');
  });

  it('keeps the database with what is of it, and credentials and keys, where data is kept', () => {
    const list = titles(true);
    expect(list.filter((title) => /database|index|field|security rules/.test(title))).toEqual([]);
    expect(list).not.toContain('Remove secret drover-cred-github_token-default');
    expect(list).toContain('Remove secret drover-run-triage_aaaaaaaa-1');
  });

  it('takes its settings out of a database that stays for others, where no data is kept', () => {
    const foreign = { name: 'x/(default)', collections: ['customers', 'runs'] };
    const found = new Map([...everything.found, ['database/(default)', foreign]]);
    const list = titles(false, { found });
    expect(list).not.toContain('Remove database (default)');
    expect(list).toContain('Remove field events.expireAt');
    expect(list.filter((title) => title.includes('index '))).not.toEqual([]);
    expect(titles(true, { found }).filter((title) => /field|index/.test(title))).toEqual([]);
  });

  it('leaves what has a name of ours and not our label', () => {
    const foreign = { name: 'x/drover', labels: { team: 'shepherds' } };
    const found = new Map([...everything.found, ['repository/drover', foreign]]);
    const list = titles(false, { found });
    expect(list.filter((title) => title.includes('repository'))).toEqual([]);
    expect(list).toContain('Remove topic drover-logs');
  });

  it('is empty where nothing is left', () => {
    const plan = teardownPlan(subject, { found: new Map() }, [], { keepData: false });
    expect(plan.steps).toEqual([]);
  });
});
