import type { z } from 'zod';
import { type Located, plain, type Report, valueAt } from './located.ts';
import { hint, nearest } from './nearest.ts';
import { described, expected, type Outline, outlineAt, outlineOf } from './outline.ts';
import type { Path } from './problem.ts';

/** Which problems are told: all, or those of a file that others are laid over or under. */
export type Tell = 'all' | 'all but what is missing' | 'only what is missing';

/** Checks a table against its schema and reports every problem; undefined when there is any. */
export function check<T>(
  table: Located,
  schema: z.ZodType<T>,
  report: Report,
  tell: Tell = 'all',
): T | undefined {
  const checked = schema.safeParse(plain(table), { reportInput: true });
  if (checked.success) return checked.data;
  const outline = outlineOf(schema);
  for (const issue of checked.error.issues.flatMap((each) => unfolded(each, []))) {
    if (tell !== 'all' && isMissing(table, issue) !== (tell === 'only what is missing')) continue;
    tellIssue(issue, table, outline, report);
  }
  return undefined;
}

type Issue = z.core.$ZodIssue;

function isMissing(table: Located, { code, path }: Issue): boolean {
  return code !== 'unrecognized_keys' && valueAt(table, pathOf(path)) === undefined;
}

function pathOf(path: readonly PropertyKey[]): Path {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}

/** What is wrong within the one choice of a union that was meant; the issue itself where that is not to be seen. */
function unfolded(issue: Issue, above: readonly PropertyKey[]): Issue[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.find(
      (issues) =>
        issues.length > 0 &&
        issues.every(({ code, path: within }) => within.length > 0 || code === 'custom'),
    );
    if (meant) return meant.flatMap((inner) => unfolded(inner, path));
  }
  return [{ ...issue, path }];
}

function tellIssue(issue: Issue, table: Located, outline: Outline, report: Report): void {
  const path = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(outlineAt(outline, path)?.properties ?? {});
    for (const key of issue.keys) {
      report([...path, key], `unknown field${hint(key, known, 'known here are')}`);
    }
    return;
  }
  if (issue.code === 'custom' || issue.code === 'invalid_key') {
    const [inner] = issue.code === 'invalid_key' ? issue.issues : [issue];
    report(path, (inner ?? issue).message);
    return;
  }
  const allowed = outlineAt(outline, path);
  const found = valueAt(table, path);
  const value = found && plain(found);
  const start = found === undefined ? 'missing' : `found ${described(value)}`;
  const meant =
    typeof value === 'string' ? nearest(value, (allowed?.enum ?? []).map(String)) : undefined;
  report(
    path,
    `${start}; expected ${allowed ? expected(allowed) : issue.message}${
      meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`
    }`,
  );
}

/** A warning for each field that has an old name, or that nothing acts on. */
export function note(table: Located, schema: z.ZodType, report: Report): void {
  noteWithin(table, outlineOf(schema), [], report);
}

function noteWithin(located: Located, outline: Outline, path: Path, report: Report): void {
  const { content } = located;
  if (outline.instead !== undefined) report(path, `an old name: write ${outline.instead}`);
  if (outline.unused !== undefined) {
    if (!outline.harmless?.some((value) => value === content)) {
      report(path, `not acted on: ${outline.unused}`);
    }
    return;
  }
  const inner: Iterable<readonly [string | number, Located]> = Array.isArray(content)
    ? content.entries()
    : content instanceof Map
      ? content
      : [];
  for (const [step, value] of inner) {
    const allowed = outlineAt(outline, [step]);
    if (allowed) noteWithin(value, allowed, [...path, step], report);
  }
}
