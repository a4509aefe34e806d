import type { v1 } from '@google-cloud/pubsub';
import type { Events } from '../ports/index.ts';
import type { Lazy } from './clients.ts';
import { normalised } from './errors.ts';
import type { CloudSettings } from './settings.ts';

/** The topic of what happens to runs. What a subscription of it gives up goes to `<topic>-dead`. */
export const eventsTopic = 'drover-events';

/** Publishing is given up after this, in ms, and not repeated: the run stays due, and whoever looks at it next publishes. */
const longestPublishMs = 5_000;

/**
 * Events through Pub/Sub. What it takes in one request it keeps in order, and so what several publish one after the other, as
 * long as all of them do it in one region: hence the region's own endpoint (Pub/Sub docs, "Order messages").
 */
export function pubsubEvents(
  client: Lazy<v1.PublisherClient>,
  { project }: Pick<CloudSettings, 'project'>,
): Events {
  const topic = `projects/${project}/topics/${eventsTopic}`;
  return {
    publish: async (orderingKey, messages) => {
      const publisher = await client();
      await normalised('Publisher.Publish', () =>
        publisher.publish(
          {
            topic,
            messages: messages.map(({ data, attributes }) => ({
              data: Buffer.from(data),
              attributes,
              orderingKey,
            })),
          },
          { timeout: longestPublishMs, retry: null },
        ),
      );
    },
  };
}
