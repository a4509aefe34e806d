import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { kindOf } from '../../infra/deployment/kinds/index.ts';
import { resourcesOf } from '../../infra/deployment/list.ts';
import type { ResourceKind } from '../../infra/deployment/resource.ts';
import { sentBy } from '../../infra/docs/monitoring-files.ts';
import { gcloudRoot } from './warm-gcloud.ts';
import { deployment } from './world.ts';

const root = gcloudRoot();

/** The message of Google's API that each kind is sent as. */
const messages: { readonly [kind in ResourceKind]?: readonly [string, string, string] } = {
  'log-metric': ['logging', 'v2', 'LogMetric'],
  'notification-channel': ['monitoring', 'v3', 'NotificationChannel'],
  'alert-policy': ['monitoring', 'v3', 'AlertPolicy'],
  dashboard: ['monitoring', 'v1', 'Dashboard'],
};

/** Fields and values that the installed gcloud's own clients of the APIs do not know. */
function unknownTo(root: string, asked: readonly object[]): string[] {
  const bundled = join(root, 'platform/bundledpythonunix/bin/python3');
  const script = fileURLToPath(new URL('unknown-fields.py', import.meta.url));
  const ended = spawnSync(
    existsSync(bundled) ? bundled : 'python3',
    ['-S', '-B', script.replace('/dist/', '/'), root],
    { input: JSON.stringify(asked), encoding: 'utf8' },
  );
  if (ended.status !== 0) throw new Error(ended.stderr);
  return JSON.parse(ended.stdout) as string[];
}

describe.skipIf(root === undefined)('what Cloud Monitoring is sent', () => {
  it('has no field and no value that the installed gcloud does not know of these APIs', () => {
    const asked = resourcesOf(deployment).flatMap((resource) => {
      const [api, version, message] = messages[resource.kind] ?? [];
      const json = sentBy(kindOf(resource).create(deployment, resource).at(-1));
      return message === undefined ? [] : [{ api, version, message, json }];
    });
    expect(asked.length).toBeGreaterThan(20);
    expect(unknownTo(root ?? '', asked)).toEqual([]);
  });

  it.each([
    ['treshold', { conditions: [{ conditionThreshold: { treshold: 1 } }] }],
    ['comparison', { conditions: [{ conditionThreshold: { comparison: 'COMPARISON_OVER' } }] }],
    ['combiner', { combiner: 'XOR' }],
  ])('would be found out if it had another %s', (field, json) => {
    const asked = [{ api: 'monitoring', version: 'v3', message: 'AlertPolicy', json }];
    expect(unknownTo(root ?? '', asked)).toEqual([expect.stringContaining(field)]);
  });
});
