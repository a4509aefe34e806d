import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../repository.ts';
import { readOptions, usage } from './options.ts';

const read = (...args: string[]) => readOptions(args, '/here');

describe('the options of a start', () => {
  it('default to the example, in this repository, with its demonstration', () => {
    expect(read()).toEqual({
      project: join(repositoryRoot(), 'examples/triage'),
      port: 8080,
      state: join(repositoryRoot(), '.drover'),
      demo: true,
      eventsTo: undefined,
      tickMs: 60_000,
      host: 'thread',
    });
  });

  it('are all taken', () => {
    const args = '--project /a --port 9000 --state /b --no-demo --tick-seconds 2.5 --own-process';
    const events = '--events http://127.0.0.1:9000/';
    expect(read(...`${args} ${events}`.split(' '))).toEqual({
      project: '/a',
      port: 9000,
      state: '/b',
      demo: false,
      eventsTo: 'http://127.0.0.1:9000/',
      tickMs: 2_500,
      host: 'process',
    });
  });

  it('have paths that start where the reader is', () => {
    expect(read('--project', 'herd', '--state', '../kept')).toMatchObject({
      project: '/here/herd',
      state: '/kept',
    });
  });

  it.each(['9000', 'https://127.0.0.1/', 'http://example.com/', 'ftp://localhost'])(
    'send events to this machine only, and not to %s',
    (url) => {
      expect(read('--events', url)).toEqual({ wrong: expect.stringContaining('--events') });
    },
  );

  it.each(['0', '65534', '80.5', 'http', '-1', ''])('refuse the port %j', (port) => {
    expect(read(`--port=${port}`)).toEqual({ wrong: expect.stringContaining('--port') });
  });

  it('leave room for the two ports after the last', () => {
    expect(read('--port', '65533')).toMatchObject({ port: 65_533 });
  });

  it.each(['0', '0.5', 'often', '-1', '', 'Infinity'])(
    'refuse %j seconds between ticks',
    (seconds) => {
      expect(read(`--tick-seconds=${seconds}`)).toEqual({
        wrong: expect.stringContaining('--tick-seconds'),
      });
    },
  );

  it('refuse what they do not know, and a value that is missing', () => {
    expect(read('--prot', '1')).toEqual({ wrong: expect.stringContaining("'--prot'") });
    expect(read('herd')).toEqual({ wrong: expect.stringContaining("'herd'") });
    expect(read('--state')).toEqual({ wrong: expect.stringContaining('--state') });
  });

  it('ask for help before anything else is judged', () => {
    expect(read('--port', 'x', '--help')).toBe('help');
  });

  it('are each explained', () => {
    const options = ['project', 'port', 'state', 'no-demo', 'tick-seconds', 'own-process', 'help'];
    for (const option of options) {
      expect(usage).toMatch(new RegExp(`^  --${option}\\b`, 'm'));
    }
  });
});
