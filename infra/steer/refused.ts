import { type ErrorCode, Failure } from '../cli/errors.ts';

/** What the control API says when it refuses. */
interface Refusal {
  error?: unknown;
  hint?: unknown;
  /** Its code in the control API's own list, and the page of that. */
  code?: unknown;
  page?: unknown;
  issues?: unknown;
}

/** Longest answer of something that is no control API that is shown, in UTF-16 units. */
const longestShown = 200;

/** An answer that is no 200, as the failure that a command ends with. `text` is its body. */
export function refused(status: number, text: string, name: string): Failure {
  const said = refusalOf(text);
  if (!said) {
    return new Failure(
      'CONTROL_UNREACHABLE',
      `${name} answered ${status} with something that is not of Drover's control API.`,
      { details: text.trim() === '' ? [] : [text.trim().slice(0, longestShown)] },
    );
  }
  const error = typeof said.error === 'string' ? said.error : `status ${status}`;
  const details = [
    ...(typeof said.hint === 'string' ? [said.hint] : []),
    ...(Array.isArray(said.issues) ? said.issues.flatMap(saidOfIssue) : []),
    ...(typeof said.page === 'string' ? [`the control API's own page: ${said.page}`] : []),
  ];
  const isUnpublished = said.code === 'nothing-published' || error.includes(unpublished);
  const code = status === 503 && isUnpublished ? 'NOTHING_PUBLISHED' : codeOf(status);
  return new Failure(code, sentence(error), { details });
}

/** The words of a control API that gives no codes yet. */
const unpublished = 'no project is published';

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 400:
      return 'WRONG_COMMAND_LINE';
    case 401:
    case 403:
      return 'CONTROL_REFUSED';
    case 404:
      return 'NOT_FOUND';
    case 409:
    case 413:
      return 'NOT_POSSIBLE';
    case 405:
      return 'CONTROL_OTHER_VERSION';
    case 429:
    case 502:
    case 503:
    case 504:
      return 'CONTROL_UNREACHABLE';
    default:
      return 'CONTROL_FAILED';
  }
}

/** The refusal that a body is; undefined for a body that none of ours has. */
function refusalOf(text: string): Refusal | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const isOurs = typeof parsed === 'object' && parsed !== null && 'error' in parsed;
    return isOurs ? (parsed as Refusal) : undefined;
  } catch {
    return undefined;
  }
}

function saidOfIssue(issue: unknown): string[] {
  const { where, message } = (issue ?? {}) as { where?: unknown; message?: unknown };
  return typeof message === 'string' ? [`${String(where)}: ${message}`] : [];
}

function sentence(error: string): string {
  const begun = `${error.charAt(0).toUpperCase()}${error.slice(1)}`;
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
}
