import { steeringCommand } from '../../steer/command.ts';
import type { CliCommand } from '../command.ts';

/** Lets the whole project go on. */
export const resume: CliCommand = steeringCommand({
  name: 'resume',
  summary: 'Let the project go on, with everything that waited',
  about: 'Agents that are paused themselves stay so.',
  changes: true,
  act: async ({ api, told }) => {
    const asking = api.v1.project.resume.$post({ header: {}, json: {} });
    const { changed } = await told(asking, 'changed');
    return {
      lines: [changed ? 'the project goes on' : 'the project was not paused'],
      data: { changed },
    };
  },
});
