import { type ErrorCode, errorKinds } from '../cli/errors.ts';
import { failureOf } from '../cli/failure-of.ts';
import { type FindingCode, findingKinds, type Severity } from './finding-kinds.ts';

/** Something that a person should know of, or mend. */
export interface Finding {
  /** What it is, of the list of `docs/troubleshooting.md`, or an error of `docs/errors/`. */
  code: FindingCode | ErrorCode;
  severity: Severity;
  /** What it is about: `queue drover-poll`, `agents/dev/config.toml:3`. */
  subject: string;
  /** What was found, as a sentence or half of one. */
  what: string;
  /** What that means for whoever uses Drover. */
  means: string;
  /** What mends it: command lines in order, or a sentence where no command does. */
  mend: readonly string[];
  /** Whether `drover doctor --fix` does it. */
  isFixable: boolean;
}

interface Mending {
  mend: readonly string[];
  isFixable?: boolean;
}

/** A finding of the list. */
export function finding(
  code: FindingCode,
  subject: string,
  what: string,
  { mend, isFixable = false }: Mending,
): Finding {
  return { code, ...findingKinds[code], subject, what, mend, isFixable };
}

/**
 * What kept a check from being made, as a finding of its own.
 *
 * @throws what is a mistake of ours.
 */
export function findingOf(error: unknown, subject: string): Finding {
  const failure = failureOf(error);
  const { code, message, todo, details } = failure;
  if (code === 'BUG' || code === 'COMMAND_INTERRUPTED') throw error;
  return {
    code,
    severity: 'error',
    subject,
    what: [message, ...details].join(' '),
    means: errorKinds[code].what,
    mend: [todo],
    isFixable: false,
  };
}

/** The page that says more of a finding, from the repository's root. */
export function pageOf({ code }: Pick<Finding, 'code'>): string {
  return Object.hasOwn(findingKinds, code)
    ? `docs/troubleshooting.md#what-drover-doctor-finds`
    : `docs/errors/${code}.md`;
}
