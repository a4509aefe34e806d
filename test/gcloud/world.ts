import type { Event } from '../../infra/cli/context.ts';
import type { Deployment } from '../../infra/deployment/resource.ts';
import type { Google } from '../../infra/gcloud/google.ts';
import type { Working } from '../../infra/provision/provision.ts';

export const deployment: Deployment = {
  project: 'acme-drover',
  region: 'europe-west1',
  projectNumber: '123456789012',
  agents: [{ agent: 'triage', homeSecrets: [] }],
  operators: ['octavia@acme.test'],
  viewers: [],
};

/** A clock that waits for nothing. */
export function hastyClock(): Working['clock'] & { slept: number } {
  const clock = {
    slept: 0,
    now: () => clock.slept,
    sleep: async (ms: number) => {
      clock.slept += ms;
    },
  };
  return clock;
}

/** What whoever provisions sees, and a machine on which nobody else is alive. */
export function working(google: Google): {
  told: { google: Google; print(event: Event): void; isOffline: boolean };
  events: Event[];
  rest: Working & { isDryRun: boolean };
} {
  const events: Event[] = [];
  return {
    told: { google, print: (event) => events.push(event), isOffline: false },
    events,
    rest: { clock: hastyClock(), isAlive: () => false, isDryRun: false },
  };
}
