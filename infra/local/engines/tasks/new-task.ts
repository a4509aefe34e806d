import { EngineError } from '../engine.ts';
import type { Method, NewTask, TaskInfo } from './types.ts';

/** Largest task, in bytes (Cloud Tasks quotas page: 1 MB; the 100 KB in cloudtasks.proto are out of date). */
const maxTaskBytes = 1024 * 1024;
/** Longest URL, in characters after encoding (HttpRequest.url in target.proto). */
const maxUrlLength = 2_083;
/** Size that all headers together stay under, in bytes (HttpRequest.headers in target.proto). */
const maxHeaderBytes = 80 * 1024;
/** How far ahead a task may be scheduled, in ms (Cloud Tasks quotas page: 30 days). */
const maxAheadMs = 30 * 24 * 3_600_000;
/** Range and default of the dispatch deadline, in ms (Task.dispatch_deadline in task.proto). */
const minDeadlineMs = 15_000;
const maxDeadlineMs = 30 * 60_000;
const defaultDeadlineMs = 10 * 60_000;

const withBody: ReadonlySet<Method> = new Set(['POST', 'PUT', 'PATCH']);
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers that Cloud Tasks ignores or replaces (HttpRequest.headers in target.proto). */
const replaced = /^(host|content-length|user-agent|x-google-.*|x-appengine-.*|x-cloudtasks-.*)$/i;

/** The task that `asked` becomes. @throws `INVALID_ARGUMENT` */
export function newTask(name: string, asked: NewTask, now: number): TaskInfo {
  const url = checkUrl(asked.url);
  const method = asked.method ?? 'POST';
  const body = Buffer.from(asked.body ?? []);
  if (body.length > 0 && !withBody.has(method))
    refuse('HTTP request body is allowed only if the HTTP method is POST, PUT, or PATCH.');
  const headers = keptHeaders(asked);
  const scheduleAt = Math.max(now, asked.scheduleAt ?? now);
  if (scheduleAt > now + maxAheadMs) {
    refuse(
      `The Task.scheduleTime, ${new Date(scheduleAt).toISOString()}, is too far in the future. Schedule time must be no more than 720h in the future.`,
    );
  }
  const dispatchDeadlineMs = asked.dispatchDeadlineMs ?? defaultDeadlineMs;
  if (dispatchDeadlineMs < minDeadlineMs || dispatchDeadlineMs > maxDeadlineMs)
    refuse('Task.dispatchDeadline must be between [15s, 30m].');
  const oidc = checkOidc(asked, url);
  const bytes = name.length + url.href.length + headerBytes(headers) + body.length;
  if (bytes > maxTaskBytes) refuse('Task size too large');
  return {
    name,
    named: asked.name !== undefined,
    url: asked.url,
    method,
    headers,
    body,
    ...(oidc && { oidc }),
    createdAt: now,
    scheduleAt,
    dispatchDeadlineMs,
    dispatches: 0,
    responses: 0,
    executions: 0,
    failures: 0,
  };
}

function checkUrl(text: string): URL {
  if (text === '') refuse('HttpRequest.url is required.');
  if (!/^https?:\/\//.test(text)) refuse("HttpTarget.url must start with 'http://' or 'https://'.");
  const url = URL.canParse(text) ? new URL(text) : refuse('HttpRequest.url is not a valid URL.');
  if (url.href.length > maxUrlLength)
    refuse(`HttpRequest.url must be no longer than ${maxUrlLength} characters after encoding.`);
  return url;
}

function keptHeaders({ headers = {}, oidc }: NewTask): { [name: string]: string } {
  const kept: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name) || !fieldValue.test(value))
      refuse(`HttpRequest.headers: "${name}" is not a valid HTTP header.`);
    const overridden = oidc !== undefined && name.toLowerCase() === 'authorization';
    if (!replaced.test(name) && !overridden) kept[name] = value;
  }
  if (headerBytes(kept) >= maxHeaderBytes)
    refuse('HttpRequest.headers: the size of the headers must be less than 80KB.');
  return kept;
}

function headerBytes(headers: { [name: string]: string }): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) bytes += name.length + value.length;
  return bytes;
}

/** A token sent in the clear could be read and used by others: only this machine may be spoken to without TLS. */
function checkOidc({ oidc, url: text }: NewTask, url: URL): TaskInfo['oidc'] {
  if (!oidc) return undefined;
  if (!/^[^@\s]+@[^@\s]+$/.test(oidc.email))
    refuse('HttpRequest.oidcToken.serviceAccountEmail must be the email of a service account.');
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !loopback)
    refuse("HttpRequest.url must start with 'https://' when it carries an oidcToken.");
  return { email: oidc.email, audience: oidc.audience ?? text };
}

function refuse(message: string): never {
  throw new EngineError('INVALID_ARGUMENT', message);
}
