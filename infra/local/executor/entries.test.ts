import { describe, expect, it } from 'vitest';
import { entryOf } from './entries.ts';

const text = (line: string) => ({ severity: 'DEFAULT', payload: { text: line }, labels: {} });

describe('the log entry of a line', () => {
  it.each(['plain', '', '  indented', '[1]', '"json"', '{"broken":', 'null', '{not json}'])(
    'is text for %j',
    (line) => {
      expect(entryOf(line)).toEqual(text(line));
    },
  );

  it('is the object that the line holds', () => {
    expect(entryOf(' {"_log":true,"msg":"bash","n":{"a":[1]}}')).toEqual({
      severity: 'DEFAULT',
      payload: { json: { _log: true, msg: 'bash', n: { a: [1] } } },
      labels: {},
    });
  });

  it('has the severity that the object names, which leaves the payload', () => {
    expect(entryOf('{"severity":"error","a":1}')).toMatchObject({
      severity: 'ERROR',
      payload: { json: { a: 1 } },
    });
    expect(entryOf('{"severity":"EMERGENCY","a":1}').severity).toBe('CRITICAL');
    expect(entryOf('{"severity":"constructor","a":1}').severity).toBe('DEFAULT');
  });

  it('has the level as severity when there is none, and keeps it', () => {
    expect(entryOf('{"level":"warn","msg":"x"}')).toEqual({
      severity: 'WARNING',
      payload: { json: { level: 'warn', msg: 'x' } },
      labels: {},
    });
    expect(entryOf('{"level":"debug","severity":"INFO"}').severity).toBe('INFO');
  });

  it('is text again when only a message is left', () => {
    expect(entryOf('{"severity":"INFO","message":"hello"}')).toEqual({
      ...text('hello'),
      severity: 'INFO',
    });
    expect(entryOf('{"message":"hello","a":1}').payload).toEqual({
      json: { message: 'hello', a: 1 },
    });
  });

  it('takes time, labels and trace out of the payload, and keeps a time that is none', () => {
    const line = {
      time: '2026-01-01T00:00:00.250Z',
      'logging.googleapis.com/labels': { step: 'one', bad: 1 },
      'logging.googleapis.com/trace': 'projects/p/traces/t',
      'logging.googleapis.com/insertId': 'mine',
      a: 1,
    };
    expect(entryOf(JSON.stringify(line))).toEqual({
      severity: 'DEFAULT',
      timestamp: Date.parse(line.time),
      payload: { json: { a: 1 } },
      labels: { step: 'one' },
      trace: 'projects/p/traces/t',
    });
    expect(entryOf('{"time":"noon","message":"m"}')).toEqual({
      severity: 'DEFAULT',
      payload: { json: { message: 'm', time: 'noon' } },
      labels: {},
    });
  });
});
