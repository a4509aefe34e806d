import type { Project } from '../../shared/projects/project.ts';
import type { Command } from '../deployment/kind.ts';
import type { Deployment } from '../deployment/resource.ts';
import type { Google } from '../gcloud/google.ts';

/** What a command has to work with: everything that it needs to know and to reach. */
export interface Context {
  google: Google;
  /** Tells whoever watches what happens. */
  print(event: Event): void;
  /**
   * Has a person agree to what cannot be undone: the name of the Google Cloud project is typed, or `--yes` was given. Throws the
   * failure `NOT_CONFIRMED` when it is not. `what` is a sentence: "17 resources and all runs are removed."
   */
  confirm(what: string): Promise<void>;
  /** Aborted when somebody interrupts the command: begin nothing more, and let go of what is held. */
  signal: AbortSignal;
  deployment: Deployment;
  /** E-mail address of the account that gcloud is signed in as, where it has one: whoever changes something. */
  account?: string;
  /** The project whose agents run there; null where a command can do without. The image of an agent that names none is empty. */
  project: Project | null;
  /** The directory that it was read from. */
  directory: string;
  /** Nobody is signed in, or there is no gcloud or no network, and a dry run goes on without: nothing can be asked of Google. */
  isOffline: boolean;
  /** `drover.toml` names no operators: those of the deployment are the account that is signed in, until it is known who they are. */
  isOperatorAssumed?: boolean;
}

/** The number of a project that nobody could be asked for, in a dry run. */
export const unknownNumber = 'PROJECT_NUMBER';

/** How far a step is; `same`: there was nothing to do. */
export type StepState = 'begun' | 'done' | 'same' | 'failed';

/** What a command tells while it works. */
export type Event =
  /** A step begins, and ends under the same title. `note` says more of its end in a few words. */
  | { kind: 'step'; title: string; state: StepState; note?: string }
  /** What a dry run would do, in order; `title` says what for. The context adds its project. */
  | { kind: 'command'; title: string; command: Command; project?: string }
  /** A line of what a step that lasts long is doing elsewhere: the log of a build. */
  | { kind: 'log'; title: string; line: string }
  /** Something worth knowing. */
  | { kind: 'note'; text: string }
  /** A part of what was asked for, as it comes: a line for people, and what programs get in its place. */
  | { kind: 'line'; text: string; data: { readonly [field: string]: unknown } };
