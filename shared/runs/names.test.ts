import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  causeOf,
  jobId,
  runIds,
  runOfJob,
  runSecretId,
  runSecretPrefix,
  startToken,
  taskName,
} from './names.ts';

const agentName = fc
  .array(fc.stringMatching(/^[a-z0-9]{1,20}$/), { minLength: 1, maxLength: 8 })
  .map((words) => words.join('-'))
  .filter((name) => name.length <= 64);

describe('run ids', () => {
  it('are the same for the same cause and differ for another', () => {
    expect(runIds('triage', causeOf('webhook', 'a', 'triage'))).toEqual(
      runIds('triage', causeOf('webhook', 'a', 'triage')),
    );
    expect(runIds('triage', causeOf('a'))[0]).not.toBe(runIds('triage', causeOf('b'))[0]);
  });

  it('are the agent and eight letters of base32', () => {
    expect(runIds('triage', causeOf('x'))[0]).toMatch(/^triage-[a-z2-7]{8}$/);
  });

  it('offer six candidates for the case that another cause has the first', () => {
    expect(new Set(runIds('triage', causeOf('x'))).size).toBe(6);
  });

  it('tell two long agent names apart that begin alike', () => {
    const [one, other] = ['a', 'b'].map((end) => `${'x'.repeat(60)}${end}`);
    const cut = (agent = ''): string | undefined => runIds(agent, causeOf('x'))[0];
    expect(cut(one)).not.toBe(cut(other));
  });

  it('give names that Cloud Run, Secret Manager and labels accept, for every agent', () => {
    fc.assert(
      fc.property(
        agentName,
        fc.string(),
        fc.integer({ min: 1, max: 99 }),
        (agent, cause, attempt) => {
          for (const id of runIds(agent, cause)) {
            const job = jobId(id);
            expect(job).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])$/);
            expect(job.length + startToken(attempt).length).toBeLessThan(63);
            expect(id).toMatch(/^[a-z0-9_-]{1,63}$/);
            const longest = runSecretId(id, attempt, `${'t'.repeat(63)}-${'i'.repeat(63)}`);
            expect(longest).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
            expect(runOfJob(job)).toBe(id);
          }
        },
      ),
    );
  });
});

it('the secrets of a run begin as those of its own agent do, and of no other', () => {
  fc.assert(
    fc.property(agentName, agentName, fc.string(), (agent, other, cause) => {
      for (const id of runIds(agent, cause)) {
        const secret = runSecretId(id, 1, 'github_token-default');
        expect(secret.startsWith(runSecretPrefix(agent))).toBe(true);
        if (other !== agent) expect(secret.startsWith(runSecretPrefix(other))).toBe(false);
      }
    }),
    {
      examples: [
        ['dev', 'dev-two', ''],
        ['dev-two', 'dev', ''],
      ],
    },
  );
});

it('a cause is not another list of parts', () => {
  expect(causeOf('a', 'b')).not.toBe(causeOf('a,b'));
  expect(causeOf('a"', 'b')).not.toBe(causeOf('a', '"b'));
});

it('a job that is not ours has no run', () => {
  expect(runOfJob('nightly-backup')).toBeUndefined();
});

it('task names begin with a hash, so that they spread over the key space', () => {
  const [first, second] = [taskName('poll', 'triage-x', 1, 0), taskName('poll', 'triage-x', 1, 1)];
  expect(first).toMatch(/^[a-z2-7]{12}-poll-triage-x-1-0$/);
  expect(first.slice(0, 12)).not.toBe(second.slice(0, 12));
});
