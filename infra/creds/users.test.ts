import { expect, it } from 'vitest';
import { agentOf, projectOf } from '../../test/project.ts';
import { usersOf } from './users.ts';

const project = {
  ...projectOf({ dev: { credentials: ['github_token:default', 'pager:work'] } }),
  notifications: { instance: 'ops', about: [] },
};
const other = { ...projectOf({ dev: agentOf({ credentials: ['pager:work'] }), ops: {} }) };

it.each([
  ['github_token:default', ['agent dev']],
  ['pager:work', ['agent dev']],
  ['github_webhook_secret:default', ['webhook github']],
  ['slack_webhook:ops', ['the notifications']],
  ['slack_webhook:other', []],
  ['gateway_api_key:viewer', ['the control API']],
  ['drover_fingerprint:default', ['the fingerprints of credentials']],
  ['nobodys:default', []],
])('%s is used by %j, each named once', (credential, users) => {
  expect(usersOf([project, other], credential)).toEqual(users);
});
