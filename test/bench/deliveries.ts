import { sampleDelivery, sign } from '../../infra/local/start/sample.ts';

/** The URLs that GitHub puts into every `repository`: most of a delivery's bytes. */
const repositoryUrls = [
  ...['archive', 'assignees', 'blobs', 'branches', 'collaborators', 'comments', 'commits'],
  ...['compare', 'contents', 'contributors', 'deployments', 'downloads', 'events', 'forks'],
  ...['git_commits', 'git_refs', 'git_tags', 'hooks', 'issue_comment', 'issue_events', 'issues'],
  ...['keys', 'labels', 'languages', 'merges', 'milestones', 'notifications', 'pulls', 'releases'],
  ...['stargazers', 'statuses', 'subscribers', 'subscription', 'tags', 'teams', 'trees'],
];

/** What is signed and sent as often as a measurement likes; only `x-github-delivery` differs. */
export interface SignedBody {
  body: string;
  signature: string;
}

/** GitHub's `issues.labeled` with about the bytes that a real one has. */
export function realisticDelivery(secret: Uint8Array): SignedBody {
  const payload = JSON.parse(sampleDelivery(secret).body) as { repository: object; issue: object };
  const urls = repositoryUrls.map((name) => [
    `${name}_url`,
    `https://api.github.com/repos/acme/pasture/${name}{/id}`,
  ]);
  const body = JSON.stringify({
    ...payload,
    repository: { ...payload.repository, ...Object.fromEntries(urls) },
    issue: { ...payload.issue, body: 'Counting an empty herd ends with a TypeError. '.repeat(20) },
  });
  return { body, signature: sign(body, secret) };
}

/** The headers of one delivery. */
export function deliveryHeaders(
  { signature }: SignedBody,
  deliveryId: string,
): { [name: string]: string } {
  return {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/bench',
    'x-github-event': 'issues',
    'x-github-delivery': deliveryId,
    'x-hub-signature-256': signature,
  };
}
