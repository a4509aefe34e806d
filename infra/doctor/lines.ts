import { type Finding, pageOf } from './finding.ts';

/** Findings of one code that are shown; `--json` has all. */
const shown = 5;

/** Findings in lines for a person: what, what it means, what mends it. Errors come first; those of one code stand together. */
export function linesOf(findings: readonly Finding[]): string[] {
  const byCode = new Map<Finding['code'], Finding[]>();
  const sorted = [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ];
  for (const each of sorted) byCode.set(each.code, [...(byCode.get(each.code) ?? []), each]);
  return [...byCode.values()].flatMap(linesOfCode);
}

function linesOfCode(findings: readonly Finding[]): string[] {
  const [first] = findings;
  if (!first) return [];
  const more = findings.length - shown;
  return [
    `${first.severity.padEnd(7)}  ${first.code}: ${first.means} (${pageOf(first)})`,
    ...findings
      .slice(0, shown)
      .flatMap(({ subject, what, mend }) => [
        `         ${subject}: ${what}`,
        ...mend.map((line) => `           mend: ${line}`),
      ]),
    ...(more > 0 ? [`         and ${more} more; --json has all of them`] : []),
  ];
}
