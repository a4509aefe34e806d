import { describe, expect, it } from 'vitest';
import { agentContext } from './agent-context.ts';

const own = {
  pager: {
    description: 'opens the pager. Send it as X-Key.',
    fields: ['key', 'account'],
    env: { key: ['PAGER_KEY'] },
  },
};

describe('what an agent is told of its credentials', () => {
  it('is what each one is, where it is and what uses it by itself', () => {
    const [line = ''] = agentContext(['github_token:default']);
    expect(line).toMatch(
      /^- github_token:default: a GitHub token\. In \$GITHUB_TOKEN, \$GH_TOKEN\. Files: token\. `gh` uses it/,
    );
    expect(agentContext(['gcp_service_account:default'])[0]).toContain(
      'Path of its file in $GOOGLE_APPLICATION_CREDENTIALS.',
    );
  });

  it('does not say of another instance that programs find it by themselves', () => {
    const [first = '', second = ''] = agentContext(['github_token:default', 'github_token:work']);
    expect(first).toContain('`gh` uses it');
    expect(second).toBe(
      '- github_token:work: a GitHub token. In $GITHUB_TOKEN_WORK, $GH_TOKEN_WORK. Files: token.',
    );
    expect(agentContext(['github_token:work'])[0]).toContain('`gh` uses it');
  });

  it('is for types of the project what the project says', () => {
    expect(agentContext(['pager:default'], own)).toEqual([
      '- pager:default: opens the pager. Send it as X-Key. In $PAGER_KEY. Files: key, account.',
    ]);
  });

  it('is little for a type that nobody declares, and nothing for keys of models', () => {
    expect(agentContext(['constructor:main', 'anthropic_key:default'])).toEqual([
      '- constructor:main: a credential.',
    ]);
  });
});
