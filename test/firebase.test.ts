import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { control } from '../functions/control.ts';
import { gateway } from '../functions/gateway.ts';
import { createInstance } from '../functions/instance.ts';
import { webhook } from '../functions/webhook.ts';
import { functionShapes } from '../infra/deployment/functions.ts';
import { repositoryRoot } from '../infra/local/repository.ts';
import { type FunctionName, functionNames, functionVariables } from '../infra/resources.ts';

interface Firebase {
  firestore: { rules: string; indexes: string };
  hosting: {
    public: string;
    rewrites: { source: string; run: { serviceId: string; region: string } }[];
  };
  emulators: { [name: string]: { host?: string; port?: number } };
}

const root = repositoryRoot();
const firebase = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')) as Firebase;
const { rewrites } = firebase.hosting;

/** The function that Hosting gives a request for `path`: the first rewrite that fits (Firebase docs, "Configure rewrites"). */
function functionAt(path: string): string | undefined {
  const found = rewrites.find(({ source }) => patternOf(source).test(path));
  return found?.run.serviceId.replace('drover-', '');
}

/** Only `*` for one segment and `**` for any number of them are used. */
function patternOf(glob: string): RegExp {
  const text = glob
    .replaceAll('.', '\\.')
    .replaceAll(/\*+/g, (stars) => (stars === '*' ? '[^/]+' : '.*'));
  return new RegExp(`^${text}$`);
}

const urls = Object.fromEntries(functionNames.map((name) => [name, `https://${name}.test`]));
const variables = functionVariables(
  { project: 'drover', region: 'here' },
  urls as { [name in FunctionName]: string },
);

/** Paths that a function answers, with something in the place of each parameter. */
function pathsOf(name: 'webhook' | 'gateway' | 'control'): string[] {
  const instance = createInstance(variables, name);
  const apps: { [name in typeof name]: () => Pick<Hono, 'routes'> } = {
    webhook: () => webhook(instance),
    gateway: () => gateway(instance),
    control: () => control(instance),
  };
  const all = apps[name]().routes.filter(
    ({ method, path }) => method !== 'ALL' && !path.includes('*'),
  );
  return [...new Set(all.map(({ path }) => path.replaceAll(/:\w+|\{\w+\}/g, 'something')))];
}

describe('one origin for all who call from outside', () => {
  it.each(['webhook', 'gateway', 'control'] as const)('leads every path of %s to it', (name) => {
    const paths = pathsOf(name).filter((path) => path !== '/health');
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => functionAt(path) !== name)).toEqual([]);
  });

  it('leads nothing to what only Google may call', () => {
    const reached = new Set(rewrites.map(({ run }) => run.serviceId.replace('drover-', '')));
    const open = functionNames.filter((name) => functionShapes[name].isPublic);
    expect([...reached].sort()).toEqual([...open].sort());
    for (const path of ['/', '/dispatch', '/poll', '/tick', '/logs']) {
      expect(functionAt(path), path).toBeUndefined();
    }
  });

  it('is in one region', () => {
    expect(new Set(rewrites.map(({ run }) => run.region)).size).toBe(1);
  });

  it('has a page for every other path, and publishes nothing else', () => {
    expect(readdirSync(join(root, firebase.hosting.public))).toEqual(['404.html']);
  });
});

describe('what Firebase reads', () => {
  it('is there', () => {
    for (const file of Object.values(firebase.firestore)) {
      expect(existsSync(join(root, file)), file).toBe(true);
    }
  });

  it('has emulators listen on this machine alone, each on a port of its own', () => {
    const listening = Object.values(firebase.emulators).filter(({ port }) => port !== undefined);
    expect(listening.map(({ host }) => host)).toEqual(listening.map(() => '127.0.0.1'));
    expect(new Set(listening.map(({ port }) => port)).size).toBe(listening.length);
  });
});

describe('the schema of firebase-tools', () => {
  const directory = mkdtempSync(join(tmpdir(), 'drover-firebase-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** From npm's cache where it is in there; undefined without a network. */
  const schemaOf = (name: string): z.ZodType | undefined => {
    try {
      const options = { cwd: directory, timeout: 60_000, encoding: 'utf8', stdio: 'pipe' } as const;
      const packed = execFileSync('npm', ['pack', name, '--silent', '--prefer-offline'], options);
      const file = 'package/schema/firebase-config.json';
      execFileSync('tar', ['-xzf', packed.trim(), file], options);
      return z.fromJSONSchema(JSON.parse(readFileSync(join(directory, file), 'utf8')));
    } catch {
      return undefined;
    }
  };

  it('has firebase.json valid, and a field that it does not know invalid', { timeout: 90_000 }, ({
    skip,
  }) => {
    const schema = schemaOf('firebase-tools@15.34.2');
    if (!schema) return skip('npm does not give firebase-tools');
    expect(schema.safeParse(firebase)).toMatchObject({ success: true });
    const [first, ...others] = rewrites;
    const wrong = { ...firebase.hosting, rewrites: [{ ...first, to: 'nowhere' }, ...others] };
    expect(schema.safeParse({ ...firebase, hosting: wrong })).toMatchObject({ success: false });
  });
});
