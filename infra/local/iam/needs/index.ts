import { firestoreNeeds } from './firestore.ts';
import { loggingNeeds } from './logging.ts';
import { pubsubNeeds } from './pubsub.ts';
import { runNeeds } from './run.ts';
import { secretNeeds } from './secrets.ts';
import type { NeedsTable } from './table.ts';
import { taskNeeds } from './tasks.ts';

/** The permissions that each method of the local cloud needs, with the page of Google's that says so. */
export const needsOf: NeedsTable = {
  ...firestoreNeeds,
  ...secretNeeds,
  ...runNeeds,
  ...taskNeeds,
  ...loggingNeeds,
  ...pubsubNeeds,
};
