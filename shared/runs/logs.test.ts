import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createFirestoreEngine } from '../../infra/local/engines/firestore/index.ts';
import { inProcessDocuments } from '../../infra/local/in-process/documents.ts';
import { CloudError, type Documents } from '../ports/index.ts';
import { createLogGatherer, type LogLine, readLog } from './logs.ts';

function world() {
  const context = { now: () => 1_000, random: () => 0.5, store: memoryStore() };
  const documents = inProcessDocuments(createFirestoreEngine(context, { project: 'p' }));
  let commits = 0;
  let failures = 0;
  const counted: Documents = {
    ...documents,
    commit: async (writes) => {
      commits += 1;
      if (failures > 0) {
        failures -= 1;
        throw new CloudError('unavailable', 'away');
      }
      return documents.commit(writes);
    },
  };
  const wakers: (() => void)[] = [];
  const clock = { now: () => 1_000, sleep: () => new Promise<void>((wake) => wakers.push(wake)) };
  return {
    gatherer: createLogGatherer({ documents: counted, clock }),
    pass: () => {
      for (const wake of wakers.splice(0)) wake();
    },
    read: () => readLog({ documents }, 'a-bbbbbbbb', 100),
    commits: () => commits,
    failNext: () => {
      failures = 1;
    },
  };
}

function entry(n: number, text = `line ${n}`): LogLine {
  return { at: `2026-03-01T12:00:00.00000000${n}Z`, insertId: `i${n}`, severity: 'INFO', text };
}

describe('gathering log lines', () => {
  it('writes the lines of a moment at once, and reads them in the order they were written in', async () => {
    const { gatherer, pass, read, commits } = world();
    const added = [3, 1, 2].map((n) => gatherer.add('a-bbbbbbbb', entry(n)));
    pass();
    await Promise.all(added);
    expect(commits()).toBe(1);
    expect((await read()).map(({ text }) => text)).toEqual(['line 1', 'line 2', 'line 3']);
  });

  it('acknowledges no line before it is written', async () => {
    const { gatherer, pass, failNext, read } = world();
    failNext();
    const added = gatherer.add('a-bbbbbbbb', entry(1));
    pass();
    await expect(added).rejects.toThrow('away');
    expect(await read()).toEqual([]);
  });

  it('shows a line that was delivered twice once, alone or in other company', async () => {
    const { gatherer, pass, read } = world();
    for (const together of [[1], [1], [1, 2], [2, 1]]) {
      const added = together.map((n) => gatherer.add('a-bbbbbbbb', entry(n)));
      pass();
      await Promise.all(added);
    }
    expect((await read()).map(({ text }) => text)).toEqual(['line 1', 'line 2']);
  });

  it('keeps runs apart', async () => {
    const { gatherer, pass, read, commits } = world();
    const added = ['a-bbbbbbbb', 'a-cccccccc'].map((run) => gatherer.add(run, entry(1)));
    pass();
    await Promise.all(added);
    expect(commits()).toBe(2);
    expect(await read()).toHaveLength(1);
  });

  it('begins another chunk before one grows over what a document may hold', async () => {
    const { gatherer, pass, read, commits } = world();
    const added = [1, 2, 3].map((n) => gatherer.add('a-bbbbbbbb', entry(n, 'x'.repeat(90_000))));
    pass();
    await Promise.all(added);
    expect(commits()).toBe(3);
    expect(await read()).toHaveLength(3);
  });

  it('keeps a line whose id is too long under the beginning of it', async () => {
    const { gatherer, pass, read } = world();
    const added = gatherer.add('a-bbbbbbbb', { ...entry(1), insertId: 'x'.repeat(2_000_000) });
    pass();
    await added;
    expect((await read())[0]?.insertId).toBe('x'.repeat(100));
  });

  it('cuts a line that is too long, and says so', async () => {
    const { gatherer, pass, read } = world();
    const added = gatherer.add('a-bbbbbbbb', entry(1, 'x'.repeat(100_007)));
    pass();
    await added;
    expect((await read())[0]?.text).toMatch(/^x{100000} \[7 more characters in Cloud Logging\]$/);
  });

  it('keeps a line whose id is too long, and cut within a character', async () => {
    const { gatherer, pass, read } = world();
    const kept = gatherer.add('a-bbbbbbbb', { ...entry(1), insertId: `${'i'.repeat(99)}😀` });
    pass();
    await kept;
    const [line] = await read();
    expect(line?.insertId.isWellFormed()).toBe(true);
  });
});
