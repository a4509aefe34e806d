import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  newConfiguration,
  parseConfiguration,
  readConfiguration,
  withPlace,
} from './configuration.ts';
import { Failure } from './errors.ts';

const place = { project: 'acme-drover', region: 'europe-west1' };
const directory = mkdtempSync(join(tmpdir(), 'drover-configuration-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function refusal(text: string): Failure {
  try {
    parseConfiguration(text);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('drover.toml', () => {
  it('as it is written is read as what it was written for', () => {
    const text = newConfiguration({ ...place, operators: ['octavia@acme.test'] });
    expect(parseConfiguration(text)).toEqual({
      ...place,
      operators: ['octavia@acme.test'],
      viewers: [],
    });
  });

  it('says nothing of operators where nobody is signed in: whoever deploys is one then', () => {
    const text = newConfiguration({ ...place, operators: [] });
    expect(parseConfiguration(text)).toEqual({ ...place, viewers: [] });
    expect(text).toContain('\n# operators = [');
  });

  it('may be missing, and may say nothing', () => {
    expect(readConfiguration(directory)).toBeUndefined();
    writeFileSync(join(directory, 'drover.toml'), '# nothing yet\n');
    expect(readConfiguration(directory)).toEqual({});
  });

  it('is refused with the line of everything that is wrong with it', () => {
    const { code, details, exitCode } = refusal(
      'projet = "x"\nregion = "Europe"\noperators = ["nobody", "a@b.test"]\n',
    );
    expect([code, exitCode]).toEqual(['WRONG_CONFIGURATION', 2]);
    expect([...details].sort()).toEqual([
      'drover.toml:1: projet: unknown field; did you mean project?',
      'drover.toml:2: region: expected a region, such as europe-west1',
      'drover.toml:3: operators.0: expected an e-mail address',
    ]);
    expect(refusal('project = \n').details).toEqual([
      expect.stringMatching(/^drover\.toml:2: not TOML/),
    ]);
    expect(refusal('project = 7\n').details[0]).toMatch(
      /^drover\.toml:1: project: found the number 7/,
    );
  });

  it('names who is told when something is wrong, and is refused with whoever cannot be', () => {
    const alerts = ['on-call@acme.test', 'projects/acme-drover/notificationChannels/123'];
    expect(parseConfiguration(`alerts = ${JSON.stringify(alerts)}`)).toEqual({ alerts });
    expect(parseConfiguration('alerts = []')).toEqual({ alerts: [] });
    expect(refusal('alerts = ["#on-call", "projects/p/alertPolicies/1"]').details).toEqual([
      'drover.toml:1: alerts.0: expected an e-mail address, or projects/<project>/notificationChannels/<number>',
      'drover.toml:1: alerts.1: expected an e-mail address, or projects/<project>/notificationChannels/<number>',
    ]);
    const many = [...Array(17).keys()].map((at) => `on-call-${at}@acme.test`);
    expect(refusal(`alerts = ${JSON.stringify(many)}`).details[0]).toMatch(/alerts.*16/);
  });

  it('names where spans go, which is an address without a secret', () => {
    const traces = 'https://collector.test:4318';
    expect(parseConfiguration(`traces = "${traces}"`)).toEqual({ traces });
    for (const wrong of ['collector:4318', 'https://u:p@c.test', 'https://c.test?key=k', '']) {
      expect(refusal(`traces = "${wrong}"`).details).toEqual([
        'drover.toml:1: traces: expected the address of an OTLP receiver, such as https://collector.example:4318',
      ]);
    }
  });

  it.each(['acme.test:drover', 'short', 'Acme-Drover', 'acme-', `a${'b'.repeat(30)}`])(
    'cannot have the project %s',
    (project) => {
      expect(refusal(`project = ${JSON.stringify(project)}`).details[0]).toContain('project');
    },
  );

  it('keeps everything but its project and region when these change', () => {
    const text = `# ours\nregion='us-central1' # near\nviewers = ["a@b.test"]\n`;
    const changed = withPlace(text, place);
    expect(changed).toBe(
      `project = "acme-drover"\n# ours\nregion = "europe-west1" # near\nviewers = ["a@b.test"]\n`,
    );
    expect(withPlace(changed, place)).toBe(changed);
  });

  it('that is laid out in a way of its own is left to its author', () => {
    const text = 'project = """\nacme-other"""\nregion = "europe-west1"\n';
    expect(() => withPlace(text, place)).toThrow(Failure);
  });
});
