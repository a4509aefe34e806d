import type { Log, Ports } from '../ports/index.ts';
import { clients } from './clients.ts';
import { systemClock } from './clock.ts';
import { firestoreDocuments } from './documents.ts';
import { pubsubEvents } from './events.ts';
import { cloudRunJobs } from './jobs/index.ts';
import { cloudLogs } from './logs.ts';
import { httpNotify } from './notify.ts';
import { systemRandom } from './random.ts';
import { secretManagerSecrets } from './secrets.ts';
import type { CloudSettings } from './settings.ts';
import { cloudTasks } from './tasks.ts';

/** The domain's ports on Google Cloud. No client is loaded before the first call that needs it (D16). */
export function cloudPorts(settings: CloudSettings, log: Log): Ports {
  const google = clients(settings);
  return {
    clock: systemClock,
    random: systemRandom,
    documents: firestoreDocuments(google.firestore),
    tasks: cloudTasks(google.tasks, settings),
    secrets: secretManagerSecrets(google.secrets, settings),
    jobs: cloudRunJobs(google, settings),
    logs: cloudLogs(google.logging, settings),
    events: pubsubEvents(google.publisher, settings),
    notify: httpNotify,
    log,
  };
}
