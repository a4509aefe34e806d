import { apiErrors } from '../../functions/http/api-errors.ts';

/** A Markdown table of the codes with which a function refuses a request, from `docs/errors/`. */
export function apiErrorTable(): string {
  const rows = Object.entries(apiErrors).map(
    ([code, { status, what }]) => `| [${code}](${code}.md) | ${status} | ${what} |`,
  );
  return ['| code | status | |', '|---|---|---|', ...rows].join('\n');
}
