import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentSchema } from './schema/agent-schema.ts';
import { environmentSchema } from './schema/environment-schema.ts';
import { projectSchema } from './schema/project-schema.ts';
import { parse, withOne } from './test-project.ts';

const environment = '~/.action-llama/environments/x.toml';

/** What Firestore refuses: nothing at all, a list within a list, a name that it keeps for itself. */
function unstorable(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => (Array.isArray(item) ? [path] : unstorable(item, path)));
  }
  if (typeof value !== 'object' || value === null) return value === undefined ? [path] : [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === '' || /^__.*__$/.test(name) ? [path] : unstorable(inner, `${path}.${name}`),
  );
}

/**
 * Parses, and holds the answer to what is promised of it: no throw, a file and a message for every problem, and a project that
 * Firestore can hold.
 */
function judge(files: { [path: string]: string }): ReturnType<typeof parse> {
  const parsed = parse(files, environment in files ? 'x' : undefined);
  const told = parsed.ok ? parsed.warnings : parsed.problems;
  for (const { file, line, message } of told) {
    expect(Object.keys(files).some((each) => each.startsWith(file))).toBe(true);
    expect(line === null || (Number.isInteger(line) && line >= 1)).toBe(true);
    // A page of problems can be read; a megabyte of them cannot.
    expect(message.length).toBeGreaterThan(0);
    expect(message.length).toBeLessThan(1_500);
  }
  if (parsed.ok) expect(unstorable(parsed.project)).toEqual([]);
  else expect(parsed.problems.length).toBeGreaterThan(0);
  return parsed;
}

const names = [
  ...Object.keys(agentSchema.shape),
  ...Object.keys(projectSchema.shape),
  ...Object.keys(environmentSchema.shape),
  ...[
    '__proto__',
    'constructor',
    'toString',
    'metadata',
    'description',
    'model',
    'event',
    'source',
  ],
];

const scalar = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom('github', 'x', '* * * * *', '{repo}', '!a/**', '\uFFFD\uFFFD', 'x'.repeat(5_000)),
);
const key = fc.oneof(fc.constantFrom(...names), fc.string());
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
}));
const table = fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 12 });

/** TOML text of a value, as an inline one. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([name, inner]) => `${text(name)} = ${inline(inner)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'nan';
    return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
  }
  return String(value);
}

function text(value: string): string {
  return JSON.stringify(value.toWellFormed()).replaceAll('\x7f', '\\u007f');
}

function toml(value: object): string {
  return Object.entries(value)
    .map(([name, inner]) => `${text(name)} = ${inline(inner)}\n`)
    .join('');
}

const runs = { numRuns: 150 };

describe('whatever stands in the files', () => {
  it('the answer is a project or problems: any fields with any values', () => {
    fc.assert(
      fc.property(table, table, table, (agent, project, upper) => {
        judge({
          ...withOne(toml(agent), toml(project)),
          '.env.toml': toml(upper),
          [environment]: toml(upper),
        });
      }),
      runs,
    );
  });

  it('the answer is a project or problems: any text', () => {
    const any = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string());
    fc.assert(
      fc.property(any, any, any, (agent, project, skill) => {
        judge({ ...withOne(agent, project, `---\n${skill}\n---\n${agent}`), [environment]: skill });
      }),
      runs,
    );
  });

  it('the answer is a project or problems: TOML and YAML with a piece cut out or put in', () => {
    const agent = '[[webhooks]]\nsource = "github"\nevents = ["a"]\n[retry]\nattempts = 1\n';
    const skill = '---\ndescription: x\nmetadata:\n  scale: 2\n  params: {a: [1, "b"]}\n---\nDo.\n';
    const piece = fc.constantFrom('"', "'", '[', '{', '\n', '=', ':', '- ', '&a ', '*a', '\0', '#');
    const at = fc.nat(70);
    const broken = fc.tuple(at, at, piece);
    const apply = (whole: string, [from, length, put]: [number, number, string]): string =>
      whole.slice(0, from) + put + whole.slice(from + (length % 5));
    fc.assert(
      fc.property(broken, broken, (one, other) => {
        judge(
          withOne(apply(agent, one), '[webhooks.github]\ntype = "github"\n', apply(skill, other)),
        );
      }),
      runs,
    );
  });

  it('the answer is a project or problems: front matter with any values', () => {
    fc.assert(
      fc.property(table, (matter) => {
        // JSON is YAML.
        const front = Object.entries(matter)
          .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}\n`)
          .join('');
        judge(withOne('', '', `---\n${front}---\n`));
      }),
      runs,
    );
  });

  it.each([
    ['a list in a list …', `a: ${'['.repeat(20_000)}`],
    ['a map in a map …', `a: ${'{a: '.repeat(5_000)}`],
    [
      'lines that go deeper and deeper',
      Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    ],
    [
      'aliases of aliases …',
      `a: &a [x]\n${'bcdefgh'.replace(/./g, (c) => `${c}: &${c} [*a, *a]\n`)}`,
    ],
    ['a key that is a list', '? [a, b]\n: 1'],
    ['a text of 60,000 characters', `a: ${'x'.repeat(60_000)}`],
    ['a text of 100,000 characters', `a: ${'x'.repeat(100_000)}`],
    ['a key that is nothing', ': x'],
    ['a tag', 'description: !!binary aGk='],
    ['two documents', 'a: 1\n...\nb: 2'],
    ['numbers that are none', 'a: .nan\nb: .inf'],
  ])('front matter may be %s, and that is a problem', (_name, front) => {
    const parsed = judge(withOne('', '', `---\n${front}\n---\nDo it.`));
    expect(parsed.ok).toBe(false);
  });

  it('what is right in itself is a project, whatever else there is', () => {
    const lines = [
      'scale = 2',
      'timeout = 60',
      'schedule = "@daily"',
      'timezone = "Europe/Berlin"',
      'credentials = ["a", "b:c"]',
      'concurrency_key = "{repo}"',
      'image = "a/b"',
      'memory = "1Gi"',
      'cpus = 2',
      'env.A = "b"',
      'budget.runs_per_day = 3',
      'retry.attempts = 1',
      'hooks.pre = ["x"]',
      'params = { a = [[1], { b = 1979-05-27 }] }',
      'webhooks = [{ source = "constructor", labels = ["a", "!b"], drafts = false }]',
    ];
    const project = '[webhooks.constructor]\ntype = "github"\n';
    fc.assert(
      fc.property(fc.shuffledSubarray(lines), (chosen) => {
        expect(judge(withOne(chosen.join('\n'), project)).ok).toBe(true);
      }),
      runs,
    );
  });

  it('as many errors as a file has room for are as many problems, and no wait', () => {
    const config = `models = [${'"x",'.repeat(60_000)}]`;
    const parsed = parse({ 'agents/one/SKILL.md': 'One.', 'agents/one/config.toml': config });
    expect(!parsed.ok && parsed.problems).toHaveLength(60_000);
  });

  it('a thousand errors are a thousand problems', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `zz${index} = 1\n`).join('');
    const parsed = judge(withOne(many));
    expect(!parsed.ok && parsed.problems).toHaveLength(1_000);
  });
});
