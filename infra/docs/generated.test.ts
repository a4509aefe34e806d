import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from '../../shared/projects/test-project.ts';
import { transitions } from '../../shared/runs/states.ts';
import { editorSchemas, firestoreFiles, imageFiles, pages, withTables } from './generated.ts';
import { monitoringFiles } from './monitoring-files.ts';

const docs = new URL('../../docs/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, docs), 'utf8');
const stale = 'stale: run `npm run docs`';

describe('what is generated', () => {
  it.each(pages.filter((page) => existsSync(new URL(page, docs))))(
    'in %s is as it would be made now',
    (page) => {
      expect(read(page) === withTables(read(page)), stale).toBe(true);
    },
  );

  it.each(
    Object.entries({
      ...editorSchemas(),
      ...imageFiles(),
      ...firestoreFiles(),
      ...monitoringFiles(),
    }),
  )('as %s is as it would be made now', (path, text) => {
    expect(read(path) === text, stale).toBe(true);
  });

  it('of a page stands between its markers, and leaves the rest alone', () => {
    const page = 'a\n<!-- generated: dot-env -->\nold\n<!-- end -->\nb\n';
    const made = withTables(page);
    expect(made).toMatch(/^a\n<!-- generated: dot-env -->\n\| field [\s\S]*\n<!-- end -->\nb\n$/);
    expect(made).toContain('| `environment` |');
    expect(made).not.toContain('old');
    expect(withTables(made)).toBe(made);
  });

  it('fails for a table that there is not', () => {
    expect(() => withTables('<!-- generated: project nowhere -->\n<!-- end -->')).toThrow(
      /nowhere/,
    );
  });

  it('has the filters of one type, or of all', () => {
    const all = withTables('<!-- generated: filters -->\n<!-- end -->');
    expect(all).toContain('| `github` | `labels` |');
    const one = withTables('<!-- generated: filters sentry -->\n<!-- end -->');
    expect(one).toContain('| `resources` |');
    expect(one).not.toContain('`labels`');
  });
});

describe('docs/architecture.md', () => {
  it('draws every edge of the state table once, from the state in which a run begins', () => {
    const [diagram = ''] =
      /<!-- generated: states -->[\s\S]*?<!-- end -->/.exec(read('architecture.md')) ?? [];
    const drawn = [...diagram.matchAll(/^ {2}(\w+) --> (\w+): (\w+)$/gm)].map(
      ([, ...edge]) => edge,
    );
    const edges = Object.entries(transitions).flatMap(([state, events]) =>
      Object.entries(events).map(([event, next]) => [state, next, event]),
    );
    expect(drawn).toEqual(edges);
    expect(diagram).toContain('[*] --> queued');
  });
});

describe('docs/configuration.md', () => {
  const examples = [...read('configuration.md').matchAll(/```toml\n# (\S+)\n([\s\S]*?)```/g)];

  it('has a project as its examples, which is one', () => {
    const files = Object.fromEntries(examples.map(([, file = '', text = '']) => [file, text]));
    expect(Object.keys(files)).toEqual([
      'config.toml',
      '~/.action-llama/environments/production.toml',
      'agents/triage/config.toml',
    ]);
    const parsed = parse({ ...files, 'agents/triage/SKILL.md': 'Do it.' }, 'production');
    expect(parsed).toMatchObject({ ok: true, warnings: [], cloud: { project: 'my-project' } });
  });

  it('quotes problems as they are told', () => {
    const problems = read('configuration.md').matchAll(/^agents\/triage\/\S+?:\d+: \S+: (.*)$/gm);
    const config = `${'\n'.repeat(5)}timeot = 1\n[[webhooks]]\nsource = "main"\nevent = "x"\n`;
    const parsed = parse({
      'config.toml': '[webhooks.main]\ntype = "github"\n',
      'agents/triage/config.toml': config,
      'agents/triage/SKILL.md': '---\nname: x\nscale: two\n---\n',
    });
    const told = parsed.ok ? [] : parsed.problems.map(({ message }) => message);
    expect(new Set([...problems].map(([, message]) => message))).toEqual(new Set(told));
  });
});
