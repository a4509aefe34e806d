import type { Google } from '../gcloud/google.ts';
import type { RunGcloud } from '../gcloud/process.ts';

/** One of the two places that a command writes to. */
export interface Screen {
  write(text: string): void;
  /** Whether a person watches it, and lines can be written over. */
  isTerminal: boolean;
}

/** What a command has of the world outside. */
export interface Shell {
  environment: { readonly [variable: string]: string | undefined };
  /** The directory that relative paths start at. */
  directory: string;
  out: Screen;
  err: Screen;
  /** Asks a person, and answers with the line; undefined when nobody is there to be asked. */
  ask(question: string): Promise<string | undefined>;
  /** Ms that have passed since some moment; it never goes back. */
  elapsed(): number;
  /** Calls `act` again and again, `ms` apart, until the answer is called. Keeps no process alive. */
  every(ms: number, act: () => void): () => void;
  /** Settles when somebody interrupts the command. It listens from the first call on. */
  interrupted(): Promise<void>;
  /** gcloud itself, with no project chosen for it. */
  gcloud: RunGcloud;
  /** Google, as the person at this machine may use it in a project. */
  google(project: string): Google;
}
