import { describe, expect, it } from 'vitest';
import { readContractLine, readContractText } from './contract-line.ts';

const at = '2026-03-01T12:00:00.000000000Z';
const line = { _log: true, level: 'info', msg: 'signal-result', type: 'return', value: 'seven' };

describe('a line of a container', () => {
  it('may give a value back', () => {
    const returned = { value: 'seven', isCut: false, at };
    expect(readContractLine(line, at)).toEqual({ kind: 'return', returned });
    expect(readContractText(JSON.stringify(line), at)).toEqual({ kind: 'return', returned });
  });

  it('says when it has only the beginning of the value', () => {
    expect(readContractLine({ ...line, length: 1_500 }, at)).toMatchObject({
      returned: { isCut: true },
    });
    expect(readContractLine({ ...line, length: 5 }, at)).toMatchObject({
      returned: { isCut: false },
    });
  });

  it('may say what was used', () => {
    const usage = { _log: true, level: 'info', msg: 'token-usage', inputTokens: 5 };
    expect(readContractLine(usage, at)).toMatchObject({ kind: 'usage', usage: { inputTokens: 5 } });
  });

  it.each([
    [undefined],
    [null],
    ['text'],
    [[line]],
    [{ ...line, _log: 'true' }],
    [{ ...line, _log: undefined }],
    [{ ...line, msg: 'token-usage', inputTokens: -1 }],
    [{ ...line, type: 'rerun' }],
    [{ ...line, type: 'exit' }],
    [{ ...line, value: '' }],
    [{ ...line, value: 7 }],
    [{ ...line, msg: 'assistant' }],
  ])('says nothing of its run as %j', (payload) => {
    expect(readContractLine(payload, at)).toBeUndefined();
  });

  it.each(['', 'text', '{', `[${JSON.stringify(line)}]`, `x${JSON.stringify(line)}`])(
    'says nothing of its run as the text %j',
    (text) => {
      expect(readContractText(text, at)).toBeUndefined();
    },
  );
});
