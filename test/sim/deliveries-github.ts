/** A request as GitHub would send it, but for its signature. */
export interface GithubRequest {
  event: string;
  body: string;
}

/** Issues that the deliveries are about; those of one issue have one concurrency key. */
const issues = 3;

/** The delivery of this number, counted from 0: the same whenever it is sent. One in five is about no issue. */
export function githubRequest(number: number): GithubRequest {
  if (number % 5 === 4) return { event: 'push', body: JSON.stringify(push(number)) };
  const issue = number % issues;
  const about = number % 3 === 0 ? commented(issue, number) : labeled(issue);
  return { event: number % 3 === 0 ? 'issue_comment' : 'issues', body: JSON.stringify(about) };
}

const octavia = { login: 'octavia', id: 1, type: 'User', site_admin: false };
const repository = {
  id: 42,
  name: 'pasture',
  full_name: 'acme/pasture',
  private: false,
  owner: { login: 'acme', id: 7, type: 'Organization' },
  html_url: 'https://github.test/acme/pasture',
  default_branch: 'main',
};

function issueOf(number: number) {
  return {
    id: 1_000 + number,
    number,
    title: `The sheep of field ${number} are restless`,
    user: octavia,
    labels: [{ id: 5, name: 'sheep', color: 'ffffff', default: false }],
    state: 'open',
    assignee: null,
    body: 'They jump. 🐑',
    html_url: `https://github.test/acme/pasture/issues/${number}`,
    created_at: '2026-02-28T09:00:00Z',
  };
}

function labeled(issue: number) {
  return {
    action: 'labeled',
    issue: issueOf(issue),
    label: { id: 5, name: 'sheep', color: 'ffffff', default: false },
    repository,
    sender: octavia,
  };
}

function commented(issue: number, number: number) {
  return {
    action: 'created',
    issue: issueOf(issue),
    comment: { id: 9_000 + number, user: octavia, body: `Look at them! (${number})` },
    repository,
    sender: octavia,
  };
}

function push(number: number) {
  const commit = {
    id: number.toString(16).padStart(40, '0'),
    message: 'Mend the fence',
    author: { name: 'Octavia', email: 'octavia@example.com', username: 'octavia' },
  };
  return {
    ref: 'refs/heads/main',
    before: '0'.repeat(40),
    after: commit.id,
    compare: 'https://github.test/acme/pasture/compare/a...b',
    commits: [commit],
    head_commit: commit,
    repository,
    pusher: { name: 'octavia', email: 'octavia@example.com' },
    sender: octavia,
  };
}
