import { sabotagesOfCalling } from './sabotages-of-calling.ts';
import { sabotagesOfReading } from './sabotages-of-reading.ts';
import { sabotagesOfTalk } from './sabotages-of-talk.ts';
import { sabotagesOfWriting } from './sabotages-of-writing.ts';

/** Every way to break Drover that the simulation must notice. */
export const sabotages = {
  ...sabotagesOfWriting,
  ...sabotagesOfReading,
  ...sabotagesOfTalk,
  ...sabotagesOfCalling,
};

export type SabotageName = keyof typeof sabotages;
