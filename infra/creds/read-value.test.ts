import { afterAll, describe, expect, it } from 'vitest';
import { directoryWith, removeDirectories } from '../cli/test-project.ts';
import { testShell } from '../cli/test-shell.ts';
import { readValue, type ValueSource } from './read-value.ts';

afterAll(removeDirectories);

const token = { type: 'github_token', instance: 'default' };
const reddit = { type: 'reddit_oauth', instance: 'default' };
const pager = { type: 'pager', instance: 'default' };
const own = { pager: { description: '', fields: ['key'], env: {} } };

async function read(input: string | undefined, source: ValueSource = {}, reference = token) {
  const directory = directoryWith({ 'value.txt': 'from a file\r\n' });
  const shell = testShell({ directory, ...(input === undefined ? {} : { input }) });
  const fields = await readValue(shell, reference, source, own);
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [field, Buffer.from(value).toString()]),
  );
}

describe('one value', () => {
  it('comes on standard input, without the line ends at its end', async () => {
    expect(await read('ghp_value\n')).toEqual({ token: 'ghp_value' });
    expect(await read('two\nlines\n\n', { file: '-' })).toEqual({ token: 'two\nlines' });
  });

  it('comes from a file, named from where the person is', async () => {
    expect(await read(undefined, { file: 'value.txt' })).toEqual({ token: 'from a file' });
  });

  it('is of the only field that its type has, or of the one that is named', async () => {
    expect(await read('x', {}, pager)).toEqual({ key: 'x' });
    expect(await read('x', { field: 'password' }, reddit)).toEqual({ password: 'x' });
    await expect(read('x', {}, reddit)).rejects.toMatchObject({
      code: 'WRONG_COMMAND_LINE',
      message: expect.stringContaining('client_id, client_secret'),
    });
    await expect(read('x', {}, { type: 'unheard', instance: 'default' })).rejects.toMatchObject({
      code: 'WRONG_COMMAND_LINE',
    });
  });

  it('is made up where it means nothing to anybody else, and anew each time', async () => {
    const secret = { type: 'github_webhook_secret', instance: 'default' };
    const first = await read(undefined, { generate: true }, secret);
    expect(first.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await read(undefined, { generate: true }, secret)).not.toEqual(first);
    await expect(read(undefined, { generate: true })).rejects.toMatchObject({
      code: 'WRONG_COMMAND_LINE',
    });
  });

  it.each([
    ['nothing at all', ''],
    ['line ends alone', '\n\n'],
    ['more than 64 KiB', 'x'.repeat(65_537)],
  ])('is refused where it is %s', async (_what, input) => {
    await expect(read(input)).rejects.toMatchObject({ code: 'CREDENTIAL_WRONG' });
  });

  it('is as long as 64 KiB, with a line end after it', async () => {
    expect((await read(`${'x'.repeat(65_536)}\n`)).token).toHaveLength(65_536);
  });

  it('is refused where a person sits at the terminal, or the file is none', async () => {
    await expect(read(undefined)).rejects.toMatchObject({ code: 'WRONG_COMMAND_LINE' });
    for (const file of ['none.txt', '.']) {
      await expect(read(undefined, { file })).rejects.toMatchObject({ code: 'CREDENTIAL_WRONG' });
    }
  });
});
