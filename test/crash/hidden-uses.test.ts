import { describe, expect, it } from 'vitest';
import { hiddenUses } from './hidden-uses.ts';
import { readPortMethods } from './port-methods.ts';
import { listSites } from './sites.ts';
import { parse, readSources } from './syntax.ts';

const sources = readSources();
const methods = readPortMethods(sources);
const hiddenIn = (text: string): string[] => hiddenUses([parse('shared/x.ts', text)], methods);

describe('the domain', () => {
  it('uses ports in no way in which the list of call sites would miss a call', () => {
    expect(hiddenUses(sources, methods)).toEqual([]);
  });
});

describe('a use of ports', () => {
  it.each([
    'async function f(ports: Ports) { await ports.documents.get("a"); }',
    'async function f({ documents }: Pick<Ports, "documents">) { await documents.get("a"); }',
    'function f({ documents }: Ports) { return g({ documents }); }',
    'const f = (ports: Ports) => g({ ...ports, log });',
    'function f(ports: Ports) { return optimistically(ports, async (commit) => g(ports, commit)); }',
    'function f(ports: Ports, commit: Ports["documents"]["commit"]) { return commit([]); }',
    'async function f(ports: Ports) { const { documents } = await list(ports); return documents.map(g); }',
    'async function f(ports: Ports) { const { jobs } = ports; const { documents } = ports; await jobs.get("a"); await documents.get("b"); }',
  ])('is seen: %s', (text) => {
    expect(hiddenIn(text.replaceAll('"', "'"))).toEqual([]);
  });

  it.each([
    'function f(ports: Ports) { return g(ports.documents); }',
    'function f(ports: Ports) { const store = ports.documents; return store.get("a"); }',
    'function f(ports: Ports) { const { get } = ports.documents; return get("a"); }',
    'function f(ports: Ports) { const { documents: store } = ports; return store.get("a"); }',
    'function f({ documents: store }: Ports) { return store.get("a"); }',
    'function f({ clock, ...rest }: Ports) { return rest; }',
    'function f({ documents }: Ports) { return g(documents); }',
    'function f({ documents }: Ports) { const store = documents; return store.get("a"); }',
    'function f({ documents }: Ports) { return documents["get"]("a"); }',
    'function f({ documents }: Ports) { return { store: documents }; }',
    'function f(ports: Ports) { return ports["documents"].get("a"); }',
    'function f(all: Ports) { return all.documents.get("a"); }',
    'function f(ports: Ports) { const all = ports; return all.documents.get("a"); }',
    'function f(ports: Ports) { return { all: ports }; }',
    'function f(ports: Ports) { let all; all = ports; return all; }',
    'function f(ports: Ports) { return paths.map(ports.documents.get); }',
    'function f({ ports: all }: Instance) { return g(all.documents); }',
    'function f({ ports: { documents: store } }: Instance) { return store.get("a"); }',
    'function f(one: Instance) { const { ports: { documents } } = one; return g(documents); }',
    'function f(ports: Ports) { const all = { ...ports }; return g(all.documents); }',
    'function f(ports: Ports) { return [ports].map((all) => g(all.documents)); }',
    'function f(ports: Ports) { for (const { documents: store } of [ports]) store.get("a"); }',
    'function f(ports: Ports) { return (ports as Other).store.get("a"); }',
    'function f(ports: Ports) { return Object.values(ports); }',
    'function f(ports: Ports) { return Reflect.get(ports, "documents"); }',
    'function f(ports: Ports) { return optimistically(ports, async (save) => save([])); }',
    'function f(ports: Ports) { return optimistically(ports, decide); }',
    'function f(ports: Ports) { return optimistically(ports, async (commit) => { const save = commit; return save([]); }); }',
    'function f(save: Ports["documents"]["commit"]) { return save([]); }',
  ])('is refused: %s', (text) => {
    expect(hiddenIn(text.replaceAll('"', "'"))).not.toEqual([]);
  });
});

describe('the list of call sites', () => {
  const sites = listSites(sources);

  it('has every port', () => {
    expect([...methods.keys()].sort()).toEqual([
      'documents',
      'events',
      'jobs',
      'logs',
      'notify',
      'secrets',
      'tasks',
    ]);
    const called = new Set(sites.map(({ call }) => call.split('.')[0]));
    expect([...called].sort()).toEqual([...methods.keys()].sort());
  });

  it('gives each site an id of its own, and a line on which no other makes the same call', () => {
    expect(new Set(sites.map(({ id }) => id)).size).toBe(sites.length);
    const places = sites.map(({ file, line, call }) => `${file}:${line} ${call}`);
    expect(new Set(places).size).toBe(sites.length);
  });

  it('keeps the id of a site when its lines move', () => {
    const text =
      'async function f(ports: Ports) {\n  await ports.jobs.get(1);\n  await ports.jobs.get(2);\n}';
    const listed = (moved: string) =>
      listSites([
        ...sources.filter(({ file }) => file.startsWith('shared/ports/')),
        parse('shared/runs/clean.ts', moved),
      ]);
    const ids = ['shared/runs/clean.ts f jobs.get', 'shared/runs/clean.ts f jobs.get 2'];
    expect(listed(text).map(({ id, line }) => `${id} @${line}`)).toEqual([
      `${ids[0]} @2`,
      `${ids[1]} @3`,
    ]);
    expect(listed(`\n\n${text}`).map(({ id }) => id)).toEqual(ids);
  });
});
