import { eventsTopic } from '../../../shared/cloud/events.ts';
import type { CloudSettings } from '../../../shared/cloud/settings.ts';
import type { Events } from '../../../shared/ports/index.ts';
import type { PubSubEngine } from '../engines/pubsub/engine.ts';
import { made } from './errors.ts';

/** {@link Events} on the engine itself. `changed` is called when there may be something to push. */
export function inProcessEvents(
  engine: PubSubEngine,
  { project }: Pick<CloudSettings, 'project'>,
  { changed }: { changed(): void },
): Events {
  const topic = `projects/${project}/topics/${eventsTopic}`;
  return {
    publish: (orderingKey, messages) =>
      made(() => {
        const all = messages.map(({ data, attributes }) => ({
          data: Buffer.from(data),
          attributes: { ...attributes },
          orderingKey,
        }));
        engine.publishAll(topic, all);
        changed();
      }),
  };
}
