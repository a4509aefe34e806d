import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CliCommand } from '../infra/cli/command.ts';
import { commands } from '../infra/cli/commands/index.ts';
import { createProgram } from '../infra/cli/program.ts';
import { runCli } from '../infra/cli/run-cli.ts';
import type { CommonOptions } from '../infra/cli/session.ts';
import { testShell } from '../infra/cli/test-shell.ts';
import { credentialDirectories } from '../infra/credential-files.ts';
import { functionUrl } from '../infra/deployment/names.ts';
import { repositoryRoot } from '../infra/local/repository.ts';
import { neededCredentials } from '../infra/project-credentials.ts';
import { readProject } from '../infra/project-files.ts';

const root = repositoryRoot();
const triage = join(root, 'examples/triage');

/** Lines of the blocks of a page that a person types into a shell. */
function linesOf(page: string): string[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, language]) => language === '' || language === 'sh')
    .flatMap(([, , block = '']) =>
      block.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
    );
}

/** Headings of a page, as its links have them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(/\s/g, '-'),
  );
}

/** Reads a line as the command itself would, and answers what it asks for. Throws for what the command would refuse. */
async function readLine(line: string): Promise<{ command: CliCommand; options: CommonOptions }> {
  let read: { command: CliCommand; options: CommonOptions } | undefined;
  const program = createProgram(
    commands,
    '',
    () => undefined,
    async (command, options) => {
      read = { command, options };
    },
  );
  await program.parseAsync(line.split(' ').slice(1), { from: 'user' });
  if (!read) throw new Error(`${line}: no command of drover's`);
  return read;
}

/** What a page may have typed that is not ours. */
const others: readonly RegExp[] = [
  /^gcloud auth login$/,
  /^gcloud projects (create|delete) acme-drover$/,
  /^gcloud billing projects link acme-drover --billing-account=[0-9-]+$/,
  /^gcloud firestore databases update --database='\(default\)' --enable-pitr$/,
  /^gcloud firestore backups schedules create --database='\(default\)' --recurrence=daily --retention=7d$/,
  /^gcloud secrets (delete|versions (list|destroy [0-9]+) )[\w= -]+$/,
  /^gcloud secrets list --filter='labels\.drover-run:\*' --format='table\(name, expireTime\)'$/,
  /^gcloud pubsub subscriptions pull drover-logs-dead --limit=5 --format=json$/,
  /^pass show github\/bot \| drover creds rotate github_token( --now)?$/,
  /^gcloud builds submit --region=us-central1$/,
  /^git pull$/,
  /^npm (ci|link)$/,
  /^cp -r examples\/triage \.\.\/my-agents$/,
  /^cd \.\.\/my-agents$/,
  /^mkdir -p( \.drover\/credentials\/[a-z_]+\/[a-z]+)+$/,
  /^openssl rand -hex 32 > \.drover\/credentials\/[a-z_]+\/[a-z]+\/[a-z]+$/,
];

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: { [name: string]: string };
};

const pages = ['getting-started.md', 'operations.md', 'deploying.md'];
const typed = pages.flatMap((page) => linesOf(page).map((line) => [page, line] as const));
const parsed = readProject(triage, () => '');

describe('a link of the documentation of deployment', () => {
  const linking = [...pages, 'security.md', 'limits.md', 'architecture.md', 'cli.md'];

  it.each([...linking, '../README.md'])('in %s leads to a page and a heading of it', (page) => {
    const file = join(root, 'docs', page);
    for (const [, path = '', anchor] of readFileSync(file, 'utf8').matchAll(
      /\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g,
    )) {
      const target = path === '' ? file : join(dirname(file), path);
      expect(existsSync(target), `${page} -> ${path}`).toBe(true);
      if (anchor === undefined) continue;
      expect(anchorsOf(readFileSync(target, 'utf8')), `${page} -> ${path}`).toContain(anchor);
    }
  });
});

describe('a command in the documentation of deployment', () => {
  it.each(typed.filter(([, line]) => line.startsWith('drover ')))(
    'of %s is one that drover reads: %s',
    async (_, line) => {
      const { command } = await readLine(line);
      expect(`${line} `).toContain(`drover ${command.name} `);
    },
  );

  it.each(typed.filter(([, line]) => !line.startsWith('drover ')))(
    'of %s is known, where it is not ours: %s',
    (_, line) => {
      const [, script] = /^npm run ([a-z-]+)/.exec(line) ?? [];
      if (script !== undefined) expect(scripts).toHaveProperty(script);
      else expect(others.filter((known) => known.test(line))).toHaveLength(1);
    },
  );

  it('is refused here as it would be there', async () => {
    await expect(readLine('drover provison')).rejects.toThrow('unknown command');
    await expect(readLine('drover deploy --trafic 10')).rejects.toThrow('unknown option');
    await expect(readLine('drover deploy --traffic 100')).rejects.toThrow('1 to 99');
  });
});

describe('docs/getting-started.md', () => {
  const page = readFileSync(join(root, 'docs/getting-started.md'), 'utf8');
  const lines = linesOf('getting-started.md');

  it('goes from init to teardown, each command after what it rests on', () => {
    const names = lines.flatMap((line) => /^drover ([a-z]+)/.exec(line)?.[1] ?? []);
    const order = ['init', 'provision', 'deploy', 'doctor', 'status', 'teardown'];
    expect(names).toEqual(order);
  });

  it.each(lines.filter((line) => /^drover (init|provision|status)/.test(line)))(
    'has a command that can be tried without an account: %s --dry-run',
    async (line) => {
      const shell = testShell({ directory: triage, gcloud: 'missing' });
      const args = [...line.split(' ').slice(1), '--dry-run'];
      const place = args.includes('--project') ? [] : ['--project', 'acme-drover'];
      const { exitCode } = await runCli([...args, ...place], shell, commands, '1');
      expect(exitCode, shell.shown('err')).toBe(0);
    },
  );

  it('has the address of the function and of a source that the agent listens to', async () => {
    const init = lines.find((line) => line.startsWith('drover init')) ?? '';
    const { project = '', region = '' } = (await readLine(init)).options;
    const [, source = ''] = /cloudfunctions\.net\/[^`]*\/webhooks\/(\w+)`/.exec(page) ?? [];
    expect(page).toContain(`\`${functionUrl({ project, region }, 'webhook')}/webhooks/${source}\``);
    expect(parsed.ok && Object.keys(parsed.project.sources)).toEqual([source]);
    expect(page).toContain(`panel/runs?project=${project}`);
  });

  it('lays every credential that the agent needs where it is looked for, and no other', () => {
    if (!parsed.ok) throw new Error('the example is no project');
    const { agents, sources } = neededCredentials(parsed.project);
    const needed = [...sources, ...agents].map((reference) => reference.replace(':', '/')).sort();
    const made = lines
      .filter((line) => line.startsWith('mkdir '))
      .flatMap((line) => line.split(' ').slice(2));
    expect(made.map((path) => path.replace('.drover/credentials/', '')).sort()).toEqual(needed);
    const [own] = credentialDirectories('/my-agents');
    expect(own).toBe('/my-agents/.drover/credentials');
    for (const directory of made) expect(page).toMatch(new RegExp(`${directory}/(secret|token)\``));
  });

  it('gives the label and the example that there are', () => {
    expect(existsSync(triage)).toBe(true);
    const agents = parsed.ok ? Object.values(parsed.project.agents) : [];
    expect(JSON.stringify(agents)).toContain('"labels"');
    const config = readFileSync(join(triage, 'agents/triage/config.toml'), 'utf8');
    const [, label = ''] = /^labels = \["(\w+)"\]$/m.exec(config) ?? [];
    expect(page).toContain(`Give an issue the label \`${label}\`.`);
  });
});
