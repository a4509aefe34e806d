import { describe, expect, it } from 'vitest';
import { type FunctionName, functionNames, functionVariables } from '../infra/resources.ts';
import { readEnvironment } from './environment.ts';

const place = { project: 'acme', region: 'europe-west1' };
const urls = Object.fromEntries(functionNames.map((name) => [name, `https://${name}.example`])) as {
  [name in FunctionName]: string;
};
const variables = functionVariables(place, urls);

describe('the environment', () => {
  it('is complete with what a deployment sets', () => {
    const { cloud, settings } = readEnvironment(variables);
    expect(cloud).toMatchObject(place);
    expect(settings).toEqual({ ...place, gatewayUrl: 'https://gateway.example' });
  });

  it('names every variable that is missing, at once', () => {
    const names = Object.keys(variables).sort();
    expect(() => readEnvironment({})).toThrow('environment variables not set: ');
    expect(missing({})).toEqual(names);
    expect(missing({ ...variables, DROVER_POLL_URL: '', DROVER_REGION: undefined })).toEqual([
      'DROVER_POLL_URL',
      'DROVER_REGION',
    ]);
  });

  it.each([
    ['dispatch', 'drover-tasks@acme.iam.gserviceaccount.com'],
    ['poll', 'drover-tasks@acme.iam.gserviceaccount.com'],
    ['tick', 'drover-scheduler@acme.iam.gserviceaccount.com'],
    ['logs', 'drover-pubsub@acme.iam.gserviceaccount.com'],
  ] as const)('lets nobody but its own caller call %s', (name, email) => {
    const { callers } = readEnvironment(variables);
    expect(callers[name]).toEqual({ email, audience: `https://${name}.example` });
  });

  it('lets nobody into the control API by identity unless they are listed', () => {
    const { control } = readEnvironment(variables);
    expect(control).toEqual({ url: 'https://control.example', operators: [], viewers: [] });
    const listed = readEnvironment({
      ...variables,
      DROVER_CONTROL_OPERATORS: ' Ada@Example.com,,root@example.com ',
      DROVER_CONTROL_VIEWERS: 'grace@example.com',
    });
    expect(listed.control).toMatchObject({
      operators: ['ada@example.com', 'root@example.com'],
      viewers: ['grace@example.com'],
    });
  });

  it("trusts Google's keys and Google's endpoints unless it is told otherwise", () => {
    const usual = readEnvironment(variables);
    expect(usual.jwksUrl).toBe('https://www.googleapis.com/oauth2/v3/certs');
    expect(usual.cloud).not.toHaveProperty('endpoint');
    const local = readEnvironment({
      ...variables,
      DROVER_CLOUD_ENDPOINT: '127.0.0.1:1',
      DROVER_JWKS_URL: 'http://127.0.0.1:2/keys',
    });
    expect(local.jwksUrl).toBe('http://127.0.0.1:2/keys');
    expect(local.cloud.endpoint).toBe('127.0.0.1:1');
  });
});

function missing(given: NodeJS.ProcessEnv): string[] {
  try {
    readEnvironment(given);
    return [];
  } catch (error) {
    const [, names = ''] = /: (.+)$/.exec(String(error).replace('Error: ', '')) ?? [];
    return names.split(', ').sort();
  }
}
