import { beforeEach, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../infra/local/engines/logging/entry.ts';
import { hasCode, type Logs } from '../../shared/ports/index.ts';

/** One project's logs, empty, with the port that reads them. */
export interface LogsUnderTest {
  logs: Logs;
  project: string;
  /** Now, in ms since the epoch. */
  now(): number;
  write(entries: NewEntry[]): void;
}

/** What every implementation of {@link Logs} must do. `open` is called before each test. */
export function logsContract(name: string, open: () => Promise<LogsUnderTest>): void {
  describe(`logs: ${name}`, () => {
    let under: LogsUnderTest;
    const second = (offset: number): number =>
      Math.floor(under.now() / 1000) * 1000 + offset * 1000;
    const entry = (offset: number, changes: Partial<NewEntry> = {}): NewEntry => ({
      logName: `projects/${under.project}/logs/run.googleapis.com%2Fstdout`,
      resource: { type: 'cloud_run_job', labels: { job_name: 'drover-a', location: 'here' } },
      timestamp: second(offset),
      insertId: `id${offset}`,
      severity: 'DEFAULT',
      labels: { 'run.googleapis.com/execution_name': 'drover-a-x' },
      payload: { text: `line ${offset}` },
      ...changes,
    });
    const log = (id: string): string => `projects/${under.project}/logs/${encodeURIComponent(id)}`;

    beforeEach(async () => {
      under = await open();
    });

    it('answers with the newest entries, oldest first', async () => {
      under.write([-4, -2, -3, -1].map((offset) => entry(offset)));
      const last = await under.logs.last('drover-a', 3, second(-60));
      expect(last.map(({ text }) => text)).toEqual(['line -3', 'line -2', 'line -1']);
    });

    it('tells when an entry was written, which it is, and how severe', async () => {
      under.write([entry(-1, { severity: 'ERROR' })]);
      expect(await under.logs.last('drover-a', 10, second(-60))).toEqual([
        { at: second(-1), insertId: 'id-1', severity: 'ERROR', text: 'line -1' },
      ]);
    });

    it('gives a logged object as its JSON', async () => {
      const json = { message: 'done', took: 1.5, tags: ['a', null, true], deep: { er: 'yes' } };
      under.write([entry(-1, { payload: { json } })]);
      const [read] = await under.logs.last('drover-a', 10, second(-60));
      expect(JSON.parse(read?.text ?? '')).toEqual(json);
      expect(read?.text).not.toContain('\n');
    });

    it('reads standard output and standard error, and no other log', async () => {
      under.write([
        entry(-3, { logName: log('run.googleapis.com/stderr') }),
        entry(-2, { logName: log('run.googleapis.com/varlog/system') }),
        entry(-1),
      ]);
      const last = await under.logs.last('drover-a', 10, second(-60));
      expect(last.map(({ insertId }) => insertId)).toEqual(['id-3', 'id-1']);
    });

    it('reads one job and none whose name begins like it', async () => {
      const labels = { job_name: 'drover-a-2', location: 'here' };
      under.write([entry(-2, { resource: { type: 'cloud_run_job', labels } }), entry(-1)]);
      const last = await under.logs.last('drover-a', 10, second(-60));
      expect(last.map(({ insertId }) => insertId)).toEqual(['id-1']);
    });

    it('leaves out what is older than asked for', async () => {
      under.write([entry(-11), entry(-10), entry(-9)]);
      const last = await under.logs.last('drover-a', 10, second(-10));
      expect(last.map(({ insertId }) => insertId)).toEqual(['id-10', 'id-9']);
    });

    it('answers with nothing for a job that logged nothing', async () => {
      expect(await under.logs.last('drover-b', 10, second(-60))).toEqual([]);
    });

    it('answers with at most one page, whatever is asked for', async () => {
      under.write(Array.from({ length: 1003 }, (_, index) => entry(-2000 + index)));
      const last = await under.logs.last('drover-a', 5000, second(-3000));
      expect(last).toHaveLength(1000);
      expect(last.at(-1)?.text).toBe('line -998');
    });

    it('is refused after 60 reads in a minute', async () => {
      for (let read = 0; read < 60; read += 1) await under.logs.last('drover-a', 1, second(-60));
      const refusal = await under.logs.last('drover-a', 1, second(-60)).catch((error) => error);
      expect(hasCode(refusal, 'resource_exhausted')).toBe(true);
    });
  });
}
