import { describe, expect, it } from 'vitest';
import { valueProblem, variableProblem } from './variable.ts';

describe('the name of a variable', () => {
  it.each(['A', '_a', 'LOG_LEVEL', 'a1', 'ALL', 'PROMPT_2'])('may be %s', (name) => {
    expect(variableProblem(name)).toBeUndefined();
  });

  it.each([
    '',
    '1A',
    'A-B',
    'A B',
    'Ä',
    '__A',
    'A'.repeat(129),
    'PROMPT',
    'GATEWAY_URL',
    'SHUTDOWN_SECRET',
    'AGENT_CONFIG',
    'TIMEOUT_SECONDS',
    'AL_CREDENTIALS_PATH',
    'DROVER_X',
    'CLOUD_RUN_JOB',
  ])('may not be %j', (name) => {
    expect(variableProblem(name)).toBeDefined();
  });
});

describe('the value of a variable', () => {
  it.each(['', 'x', 'ä'.repeat(16_384)])('may be one that fits', (value) => {
    expect(valueProblem(value)).toBeUndefined();
  });

  it.each(['a\0b', 'ä'.repeat(16_385)])(
    'may not be one that a container would not get whole',
    (value) => {
      expect(valueProblem(value)).toBeDefined();
    },
  );
});
