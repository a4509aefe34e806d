import { describe, expect, it } from 'vitest';
import type { Api } from '../resource.ts';
import { apiKind as kind } from './api.ts';
import { deployment, typed } from './test-kind.ts';

const api = (id: string): Api => ({ kind: 'api', id, why: '', needs: [] });

describe('a service', () => {
  it('is found by its name, however gcloud tells it', () => {
    const answer = [
      { name: 'projects/123456789012/services/run.googleapis.com', state: 'ENABLED' },
      { config: { name: 'pubsub.googleapis.com' }, name: 'projects/1/services/x' },
      { name: 'projects/123456789012/services/compute.googleapis.com', state: 'ENABLED' },
    ];
    const wanted = [api('run.googleapis.com'), api('pubsub.googleapis.com')];
    expect([...kind.read(deployment, wanted, [answer]).keys()]).toEqual(wanted.map(({ id }) => id));
  });

  it('is enabled with others, twenty at a time', () => {
    const wanted = [...Array(21).keys()].map((at) => api(`a${at}.googleapis.com`));
    const commands = kind.createAll?.(deployment, [...wanted, api('pubsub.googleapis.com')]) ?? [];
    expect(commands.map(typed)).toEqual([
      `gcloud services enable ${wanted
        .slice(0, 20)
        .map(({ id }) => id)
        .join(' ')}`,
      'gcloud services enable a20.googleapis.com pubsub.googleapis.com',
    ]);
  });

  it('stays enabled', () => {
    expect(kind.remove(deployment, 'run.googleapis.com', {})).toEqual([]);
  });
});
