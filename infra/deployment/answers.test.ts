import { expect, it } from 'vitest';
import { answerOf, withAnswers } from './answers.ts';
import type { Command } from './kind.ts';

it('what an earlier command answered stands in arguments, addresses and bodies', () => {
  const answers = [undefined, { name: 'n', deep: { er: 'd' } }];
  const args = ['add', `--member=${answerOf(1, 'name')}`];
  expect(withAnswers({ tool: 'gcloud', args }, answers)).toMatchObject({
    args: ['add', '--member=n'],
  });
  const call: Command = {
    tool: 'api',
    method: 'POST',
    url: `https://a.test/${answerOf(1, 'deep.er')}`,
    body: { list: [{ of: answerOf(1, 'name') }, 1, null] },
  };
  expect(withAnswers(call, answers)).toMatchObject({
    url: 'https://a.test/d',
    body: { list: [{ of: 'n' }, 1, null] },
  });
});

it('a command that needs what was not answered is none', () => {
  const args = [answerOf(0, 'name')];
  expect(withAnswers({ tool: 'gcloud', args }, [undefined])).toBeUndefined();
  expect(withAnswers({ tool: 'gcloud', args }, [{ name: 1 }])).toBeUndefined();
});
