import { expect, it } from 'vitest';
import { mendLines } from './mend-lines.ts';

it('commands are lines for a shell, with the project', () => {
  const commands = [
    { tool: 'gcloud', args: ['tasks', 'queues', 'resume', 'a'] },
    { tool: 'gcloud', args: ['tasks', 'queues', 'delete', "it's"] },
  ] as const;
  expect(mendLines(commands, 'p')).toEqual([
    'gcloud tasks queues resume a --project=p',
    `gcloud tasks queues delete 'it'\\''s' --project=p`,
  ]);
});

it('what an earlier command answers is asked within the line that needs it', () => {
  const commands = [
    { tool: 'gcloud', args: ['logging', 'sinks', 'describe', 's'] },
    { tool: 'gcloud', args: ['grant', '--member={answer 0: writerIdentity}'] },
  ] as const;
  expect(mendLines(commands, 'p')).toEqual([
    `gcloud grant --member="$(gcloud logging sinks describe s --project=p --format='value(writerIdentity)')" --project=p`,
  ]);
});

it('calls of APIs are left to --fix', () => {
  const commands = [
    { tool: 'api', method: 'POST', url: 'https://x' },
    { tool: 'gcloud', args: ['a'] },
  ] as const;
  expect(mendLines(commands, 'p')).toEqual(['drover doctor --fix']);
});
