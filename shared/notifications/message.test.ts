import { describe, expect, it } from 'vitest';
import type { Document } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { messageOf } from './message.ts';

function runOf(fields: Partial<Run>): Document<Run> {
  const links = { logs: 'https://console.example/logs?a=b>c' };
  const data = { agent: 'triage', summary: 'triage failed: no', reason: 'exit_code', links };
  return { id: 'triage-abcdefgh', path: '', version: '', data: { ...data, ...fields } } as never;
}

const textOf = (json: string): string => (JSON.parse(json) as { text: string }).text;

describe('a message', () => {
  it('says what happened, of which project and run, and where to read more', () => {
    expect(textOf(messageOf('pasture', runOf({}), ['failure']))).toBe(
      [
        ':x: triage failed: no',
        'project pasture, run `triage-abcdefgh`: exit_code (docs/errors/exit_code.md), <https://console.example/logs?a=b%3Ec|logs>',
      ].join('\n'),
    );
  });

  it('lets nobody’s words call a channel, make a link, or begin a line', () => {
    const summary = 'triage failed: <!channel> & <https://evil.example|here>\n*all is well*';
    const text = textOf(messageOf('<p>', runOf({ summary }), ['failure']));
    expect(text).toContain(
      '&lt;!channel&gt; &amp; &lt;https://evil.example|here&gt; *all is well*',
    );
    expect(text).toContain('project &lt;p&gt;,');
    expect(text.split('\n')).toHaveLength(2);
  });

  it('stays short, whatever a summary says', () => {
    const text = textOf(messageOf('p', runOf({ summary: 'x'.repeat(9_000) }), ['failure']));
    expect(text.length).toBeLessThan(800);
  });
});
