import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DryRun, dryRun } from './dry-run.ts';
import { type DryRunOptions, readOptions } from './options.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const secret = 'between us';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'dry-run-'));
  write('config.toml', '[webhooks.code]\ntype = "github"\ncredential = "default"\n');
  write('agents/dev/SKILL.md', 'Mend it.');
  write(
    'agents/dev/config.toml',
    '[[webhooks]]\nsource = "code"\nevents = ["issues"]\nlabels = ["agent"]\n',
  );
  write('agents/idle/SKILL.md', 'Sleep.');
  write('agents/idle/config.toml', 'scale = 0\n[[webhooks]]\nsource = "code"\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const file = join(directory, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function issue(label: string): object {
  return {
    action: 'labeled',
    issue: { number: 7, title: 'Moo \u001b[31m\u202e', labels: [{ name: label }] },
    repository: { full_name: 'acme/pasture' },
    sender: { login: 'octavia' },
  };
}

function fixture(name: string, body: unknown, headers: object = {}): string {
  const own = { 'X-GitHub-Event': 'issues', 'X-GitHub-Delivery': 'abc-1', ...headers };
  return write(name, JSON.stringify({ headers: own, body }));
}

function run(file: string, options: Partial<DryRunOptions> = {}): Promise<DryRun> {
  const own = { project: directory, source: undefined, secretFile: undefined, json: false };
  return dryRun({ ...own, fixture: file, ...options }, now);
}

async function linesOf(file: string, options: Partial<DryRunOptions> = {}): Promise<string> {
  const result = await run(file, options);
  return (result.exitCode === 2 ? result.wrong : result.lines).join('\n');
}

describe('a dry run', () => {
  it('tells of every agent whether it would start, and why, and ends with 0', async () => {
    const file = fixture('matches.json', issue('agent'));
    expect((await run(file)).exitCode).toBe(0);
    const lines = await linesOf(file);
    expect(lines).toMatch(/^issues\.labeled on acme\/pasture by octavia\n/);
    expect(lines).toMatch(
      /\ndev: would start as dev-[a-z2-7]{8}\n {2}trigger 1 on code: matches\n/,
    );
    expect(lines).toContain('    ok  labels: wanted agent, found agent\n');
    expect(lines).toContain('idle: would not start\n  scale: the agent is disabled\n');
  });

  it('ends with 1 when no agent matches', async () => {
    const file = fixture('nothing.json', issue('bug'));
    expect((await run(file)).exitCode).toBe(1);
    const lines = await linesOf(file);
    expect(lines).toContain('dev: would not start\n');
    expect(lines).toContain('    ok  events: wanted issues, found issues\n');
    expect(lines).toContain('    no  labels: wanted agent, found bug\n');
  });

  it('shows no control characters of the event', async () => {
    const lines = await linesOf(fixture('control.json', issue('\u001b]0;x\u0007')));
    expect(lines.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('is JSON for programs', async () => {
    const lines = await linesOf(fixture('json.json', issue('agent')), { json: true });
    expect(JSON.parse(lines)).toMatchObject({
      kind: 'event',
      sources: ['code'],
      agents: { dev: { matches: true }, idle: { matches: false } },
    });
  });

  it('holds the signature of a text against the secret in a file', async () => {
    const secretFile = write('secret', `${secret}\n`);
    const body = JSON.stringify(issue('agent'));
    const signed = (by: string) =>
      fixture('signed.json', body, {
        'X-Hub-Signature-256': `sha256=${createHmac('sha256', by).update(body).digest('hex')}`,
      });
    expect(await linesOf(signed(secret), { secretFile })).toContain('signature: right\n');
    expect(await linesOf(signed('another'), { secretFile })).toContain('signature: WRONG');
    expect(await linesOf(signed(secret))).toContain('not checked');
  });

  it('takes a provider type for the source', async () => {
    expect((await run(fixture('type.json', issue('agent')), { source: 'github' })).exitCode).toBe(
      0,
    );
  });

  it('ends with 2 for what is wrong, and says what', async () => {
    const good = fixture('good.json', issue('agent'));
    const cases: [string, Partial<DryRunOptions>, RegExp][] = [
      [join(directory, 'missing.json'), {}, /missing\.json: .*ENOENT/],
      [write('odd.json', '[]'), {}, /odd\.json: a fixture is .* not a list/],
      [write('no-event.json', '{"headers":{},"body":{}}'), {}, /X-GitHub-Event/],
      [good, { source: 'gitlab' }, /unknown webhook source: gitlab/],
      [good, { project: join(directory, 'nowhere') }, /no such directory/],
      [good, { secretFile: join(directory, 'nowhere') }, /ENOENT/],
    ];
    for (const [file, options, why] of cases) {
      expect(await run(file, options)).toEqual({
        exitCode: 2,
        wrong: [expect.stringMatching(why)],
      });
    }
  });
});

describe('the command line of a dry run', () => {
  it('is a project, a fixture and what else is wanted, relative to where one is', () => {
    expect(readOptions(['--project', 'p', 'f.json', '--source', 's', '--json'], '/here')).toEqual({
      project: '/here/p',
      fixture: '/here/f.json',
      source: 's',
      secretFile: undefined,
      json: true,
    });
    expect(readOptions(['--help'], '/here')).toBe('help');
  });

  it.each([
    [[], 'no fixture is given'],
    [['a.json', 'b.json'], 'one fixture at a time'],
    [['--unknown', 'a.json'], "Unknown option '--unknown'"],
  ])('is not %j', (args, wrong) => {
    expect(readOptions(args, '/here')).toEqual({ wrong: expect.stringContaining(wrong) });
  });
});
