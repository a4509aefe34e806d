import { expect, test } from 'vitest';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import { lookMs, runBuild } from './run-build.ts';

const place = { project: 'acme-drover', region: 'europe-west1' };
const submit = { tool: 'gcloud', args: ['builds', 'submit', 'here', '--async'] } as const;
const logUrl = 'https://console.example/b1';
const digest = `sha256:${'1'.repeat(64)}`;

/** What Cloud Build and Cloud Logging say at each look; the last for ever. */
interface World {
  /** States of the build, or why nothing is said of it. */
  states: (string | GoogleRefusal)[];
  /** Lines that are in the log by each look, or why it is not shown. */
  logs?: (readonly string[] | GoogleRefusal)[];
  /** A build of the same contents that is under way. */
  underWay?: boolean;
  detail?: string;
}

function build(world: World, signal?: AbortSignal) {
  const asked: string[] = [];
  const lines: string[] = [];
  const looks = { states: 0, logs: 0 };
  const next = <T>(which: 'states' | 'logs', all: readonly T[]): T | undefined => {
    looks[which] += 1;
    return all[Math.min(looks[which], all.length) - 1];
  };
  const answer = (status: string) => ({
    id: 'b1',
    status,
    logUrl,
    createTime: '2026-01-01T00:00:00Z',
    ...(world.detail === undefined ? {} : { failureInfo: { detail: world.detail } }),
    ...(status === 'SUCCESS' ? { results: { images: [{ name: 'x', digest }] } } : {}),
  });
  const google: Google = {
    gcloud: async (args) => {
      asked.push(args.join(' '));
      return answer('QUEUED');
    },
    api: async (method, url) => {
      asked.push(`${method} ${url.replace(/^https:\/\/([a-z]+)\.googleapis\.com\/.*\//, '$1 ')}`);
      if (url.endsWith('/entries:list')) {
        const found = next('logs', world.logs ?? [[]]);
        if (found instanceof GoogleRefusal) throw found;
        return {
          entries: (found ?? []).map((textPayload, at) => ({
            insertId: String(at),
            timestamp: '2026-01-01T00:00:01Z',
            textPayload,
          })),
        };
      }
      if (url.includes('/builds?filter=')) {
        return world.underWay ? { builds: [answer('FAILURE'), answer('WORKING')] } : {};
      }
      if (url.endsWith(':cancel')) return {};
      const state = next('states', world.states);
      if (state instanceof GoogleRefusal) throw state;
      return answer(state ?? '');
    },
  };
  let slept = 0;
  const clock = {
    now: () => slept,
    sleep: async (ms: number) => {
      slept += ms;
    },
  };
  const running = { title: 'image script', submit, tag: 'drover-script-1' };
  let beats = 0;
  const watching = {
    clock,
    signal,
    onLine: (line: string) => lines.push(line),
    beat: async () => {
      beats += 1;
    },
  };
  const ended = runBuild(google, place, running, watching);
  return { ended, asked, lines, slept: () => slept, beats: () => beats };
}

const refusal = (code: GoogleRefusal['code'], message = 'no') =>
  new GoogleRefusal(code, message, { command: 'GET build' });

test('lines of the log are told as they come, each once, and the address of the log before them', async () => {
  const { ended, lines } = build({
    states: ['WORKING', 'WORKING', 'SUCCESS'],
    logs: [['Step 1'], ['Step 1', 'Step 2'], ['Step 1', 'Step 2', 'Step 3']],
  });
  expect((await ended).digests).toEqual(new Map([['x', digest]]));
  expect(lines).toEqual([`is being built; its log: ${logUrl}`, 'Step 1', 'Step 2', 'Step 3']);
});

test('what the command holds is kept while the build lasts, however long that is', async () => {
  const { ended, beats } = build({ states: [...Array(300).fill('WORKING'), 'SUCCESS'] });
  await ended;
  expect(beats()).toBe(301);
});

test('lines that arrive after the end are told as well', async () => {
  const { ended, lines } = build({ states: ['SUCCESS'], logs: [[], ['late'], ['late', 'later']] });
  await ended;
  expect(lines.slice(1)).toEqual(['late', 'later']);
});

test('a build of the same contents that is under way is taken up, and none is begun beside it', async () => {
  const { ended, asked, lines } = build({ states: ['SUCCESS'], underWay: true });
  await ended;
  expect(asked.filter((line) => line.startsWith('builds submit'))).toEqual([]);
  expect(lines[0]).toBe(`is being built already; its log: ${logUrl}`);
});

test('a build that failed is told with the end of its log, and where the whole log is', async () => {
  const log = Array.from({ length: 40 }, (_, at) => `line ${at}`);
  const { ended } = build({ states: ['FAILURE'], logs: [log], detail: 'step 2 exited with 1' });
  await expect(ended).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    message: 'Cloud Build has not built the image script: a step of it failed.',
    details: [...log.slice(-25), 'step 2 exited with 1', logUrl],
  });
});

test.each([
  ['TIMEOUT', 'more than the 15 minutes'],
  ['CANCELLED', 'somebody cancelled it'],
  ['EXPIRED', 'no machine was free'],
  ['INTERNAL_ERROR', 'something broke at Google'],
])('a build that ended as %s says so', async (state, words) => {
  await expect(build({ states: ['WORKING', state] }).ended).rejects.toThrow(words);
});

test('a log that may not be read keeps nothing from being built, and is told once', async () => {
  const { ended, lines, asked } = build({
    states: ['WORKING', 'WORKING', 'SUCCESS'],
    logs: [refusal('permission_denied', 'logging.logEntries.list')],
  });
  await ended;
  expect(lines.slice(1)).toEqual([
    `its log cannot be shown here (logging.logEntries.list): ${logUrl}`,
  ]);
  expect(asked.filter((line) => line.includes('entries:list'))).toHaveLength(1);
});

test('what passes by itself is waited out, for the build and for its log', async () => {
  const { ended, lines } = build({
    states: [refusal('unavailable'), refusal('resource_exhausted'), 'WORKING', 'SUCCESS'],
    logs: [refusal('resource_exhausted'), ['Step 1']],
  });
  await ended;
  expect(lines.slice(1)).toEqual(['Step 1']);
});

test('a Cloud Build that answers no more is given up after minutes, and is not asked to build again', async () => {
  const { ended, asked, slept } = build({ states: [refusal('unavailable')] });
  await expect(ended).rejects.toMatchObject({ code: 'GOOGLE_UNAVAILABLE', details: [logUrl] });
  expect(slept()).toBe(60 * lookMs);
  expect(asked.filter((line) => line.startsWith('builds submit'))).toHaveLength(1);
});

test('an interruption cancels the build, and does not wait for the next look', async () => {
  const interrupt = new AbortController();
  const { ended, asked } = build({ states: ['WORKING'] }, interrupt.signal);
  interrupt.abort();
  await expect(ended).rejects.toThrow();
  expect(asked.at(-1)).toBe('POST cloudbuild b1:cancel');
});
