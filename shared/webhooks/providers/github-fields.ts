import { at, list, text } from '../../json.ts';
import type { WebhookContext } from '../provider.ts';
import { integer } from '../values.ts';

type EventField =
  | 'number'
  | 'title'
  | 'body'
  | 'url'
  | 'author'
  | 'assignee'
  | 'labels'
  | 'branch'
  | 'conclusion'
  | 'comment';

type EventFields = { [field in EventField]?: WebhookContext[field] | undefined };

/** What a payload of GitHub's says, by the event; nothing of an event that is about none of these. */
export function fieldsOf(event: string, payload: unknown): EventFields {
  return readers.get(event)?.(payload) ?? {};
}

const readers: ReadonlyMap<string, (payload: unknown) => EventFields> = new Map([
  ['issues', (payload) => thread(payload, 'issue')],
  [
    'issue_comment',
    (payload) => ({ ...thread(payload, 'issue'), assignee: undefined, ...comment(payload) }),
  ],
  ['pull_request', pullRequest],
  [
    'pull_request_review',
    (payload) => ({ ...pullRequest(payload), comment: text(payload, 'review', 'body') }),
  ],
  ['pull_request_review_comment', (payload) => ({ ...pullRequest(payload), ...comment(payload) })],
  [
    'pull_request_review_thread',
    (payload) => ({
      ...pullRequest(payload),
      comment: text(payload, 'thread', 'comments', 0, 'body'),
    }),
  ],
  ['discussion', (payload) => thread(payload, 'discussion')],
  ['discussion_comment', (payload) => ({ ...thread(payload, 'discussion'), ...comment(payload) })],
  [
    'commit_comment',
    (payload) => ({
      url: text(payload, 'comment', 'html_url'),
      author: text(payload, 'comment', 'user', 'login'),
      ...comment(payload),
    }),
  ],
  [
    'push',
    (payload) => ({
      title: text(payload, 'head_commit', 'message'),
      url: text(payload, 'compare'),
      author: text(payload, 'head_commit', 'author', 'username'),
      branch: text(payload, 'ref')?.replace(/^refs\/heads\//, ''),
    }),
  ],
  ['create', reference],
  ['delete', reference],
  [
    'release',
    (payload) => ({
      title: text(payload, 'release', 'name') ?? text(payload, 'release', 'tag_name'),
      body: text(payload, 'release', 'body'),
      url: text(payload, 'release', 'html_url'),
      author: text(payload, 'release', 'author', 'login'),
    }),
  ],
  [
    'workflow_run',
    (payload) => ({
      ...outcome(payload, 'workflow_run'),
      number: integer(payload, 'workflow_run', 'pull_requests', 0, 'number'),
      author: text(payload, 'workflow_run', 'actor', 'login'),
    }),
  ],
  ['workflow_job', (payload) => outcome(payload, 'workflow_job')],
  [
    'check_run',
    (payload) => ({
      ...outcome(payload, 'check_run'),
      number: integer(payload, 'check_run', 'pull_requests', 0, 'number'),
      branch: text(payload, 'check_run', 'check_suite', 'head_branch'),
    }),
  ],
  [
    'check_suite',
    (payload) => ({
      ...outcome(payload, 'check_suite'),
      number: integer(payload, 'check_suite', 'pull_requests', 0, 'number'),
      title: text(payload, 'check_suite', 'app', 'name'),
      author: text(payload, 'check_suite', 'head_commit', 'author', 'username'),
    }),
  ],
  [
    'status',
    (payload) => ({
      title: text(payload, 'context'),
      body: text(payload, 'description'),
      url: text(payload, 'target_url'),
      author: text(payload, 'commit', 'author', 'login'),
      branch: text(payload, 'branches', 0, 'name'),
      conclusion: text(payload, 'state'),
    }),
  ],
  ['deployment', deployment],
  [
    'deployment_status',
    (payload) => ({
      ...deployment(payload),
      body: text(payload, 'deployment_status', 'description'),
      url:
        text(payload, 'deployment_status', 'target_url') ??
        text(payload, 'deployment_status', 'log_url') ??
        text(payload, 'deployment_status', 'url'),
      conclusion: text(payload, 'deployment_status', 'state'),
    }),
  ],
]);

/** What issues, pull requests and discussions have in common. */
function thread(payload: unknown, key: 'issue' | 'pull_request' | 'discussion'): EventFields {
  return {
    number: integer(payload, key, 'number'),
    title: text(payload, key, 'title'),
    body: text(payload, key, 'body'),
    url: text(payload, key, 'html_url'),
    author: text(payload, key, 'user', 'login'),
    assignee:
      text(payload, key, 'assignees', 0, 'login') ?? text(payload, key, 'assignee', 'login'),
    labels: list(payload, key, 'labels').flatMap((label) => text(label, 'name') ?? []),
  };
}

function pullRequest(payload: unknown): EventFields {
  return {
    ...thread(payload, 'pull_request'),
    branch: text(payload, 'pull_request', 'head', 'ref'),
  };
}

function comment(payload: unknown): EventFields {
  return { comment: text(payload, 'comment', 'body') };
}

/** What runs, jobs and checks have in common. */
function outcome(
  payload: unknown,
  key: 'workflow_run' | 'workflow_job' | 'check_run' | 'check_suite',
): EventFields {
  return {
    title: text(payload, key, 'name'),
    url: text(payload, key, 'html_url'),
    branch: text(payload, key, 'head_branch'),
    conclusion: text(payload, key, 'conclusion'),
  };
}

/** A branch or tag that came or went; a tag as a push names it. */
function reference(payload: unknown): EventFields {
  const name = text(payload, 'ref');
  const isTag = at(payload, 'ref_type') === 'tag';
  return { title: name, branch: name && (isTag ? `refs/tags/${name}` : name) };
}

function deployment(payload: unknown): EventFields {
  return {
    title: text(payload, 'deployment', 'environment'),
    body: text(payload, 'deployment', 'description'),
    url: text(payload, 'deployment', 'url'),
    author: text(payload, 'deployment', 'creator', 'login'),
    branch: text(payload, 'deployment', 'ref'),
  };
}
