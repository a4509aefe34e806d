import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

describe('a command as one would type it', () => {
  it('quotes what a shell would take apart', () => {
    const args = ['iam', 'roles', 'create', 'x', "--title=Drover's role", '--stage=GA'];
    expect(commandLine({ tool: 'gcloud', args }, 'acme')).toBe(
      `gcloud iam roles create x '--title=Drover'\\''s role' --stage=GA --project=acme`,
    );
  });

  it('shows what a file would have, with or without the dashes of its flag', () => {
    const files = { policy: '[{}]' };
    const shown = "gcloud x --policy=<(printf %s '[{}]')";
    expect(commandLine({ tool: 'gcloud', args: ['x'], files })).toBe(shown);
    expect(commandLine({ tool: 'gcloud', args: ['x'], files: { '--policy': '[{}]' } })).toBe(shown);
  });

  it('shows a call of an API with its body', () => {
    const url = 'https://example.googleapis.com/v1/x';
    expect(commandLine({ tool: 'api', method: 'DELETE', url })).toBe(`DELETE ${url}`);
    expect(commandLine({ tool: 'api', method: 'POST', url, body: { a: 1 } })).toBe(
      `POST ${url} {"a":1}`,
    );
  });

  it('cuts what is long', () => {
    const url = 'https://example.googleapis.com/v1/x';
    const line = commandLine({ tool: 'api', method: 'POST', url, body: 'x'.repeat(100_000) });
    expect(line.length).toBeLessThan(2_100);
    expect(line).toMatch(/…$/);
  });
});
