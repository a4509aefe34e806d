import { z } from 'zod';
import { parseReference } from '../../credentials/reference.ts';
import { addressType, type Notifications, topicNames } from '../../notifications/topics.ts';
import { quoted } from '../quoted.ts';
import { field } from './field.ts';
import { checked, text } from './values.ts';

const instance = checked(text, (found) =>
  parseReference(`${addressType}:${found}`)
    ? undefined
    : `${quoted(found)} is not the name of an instance: letters, digits, - and _, at most 63`,
);

/** `[notifications]` of a project. */
export const notificationSchema = z.strictObject({
  slack_webhook: field(instance, {
    description: 'Instance of the credential that holds the address',
    origin: 'Drover',
    default: 'default',
    expects: 'the name of an instance',
  }),
  about: field(z.array(z.enum(topicNames)), {
    description:
      'What is told: a run that failed for good, an agent that paused itself, a budget that is used up',
    origin: 'Drover',
    otherwise: 'all of it',
    expects: 'a list of "failure", "pause" and "budget", or of some of them',
  }),
});

/** What a project says, with every default filled in. */
export function readNotifications({
  slack_webhook = 'default',
  about = topicNames,
}: z.infer<typeof notificationSchema>): Notifications {
  return { instance: slack_webhook, about: [...new Set(about)] };
}
