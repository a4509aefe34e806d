import { steeringCommand } from '../../steer/command.ts';
import type { CliCommand } from '../command.ts';

/** Holds the whole project. */
export const pause: CliCommand = steeringCommand({
  name: 'pause',
  summary: 'Hold the whole project: what asks for its agents is admitted and waits',
  about: 'What runs goes on. Nothing is lost.',
  changes: true,
  act: async ({ api, told }) => {
    const asking = api.v1.project.pause.$post({ header: {}, json: {} });
    const { changed } = await told(asking, 'changed');
    return {
      lines: [changed ? 'the project is paused' : 'the project was paused already'],
      data: { changed },
      next: '`drover resume` lets it go on.',
    };
  },
});
