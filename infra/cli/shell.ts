import type { Google } from '../gcloud/google.ts';
import type { RunGcloud } from '../gcloud/process.ts';

/** One of the two places that a command writes to. */
export interface Screen {
  write(text: string): void;
  /** Whether a person watches it, and lines can be written over. */
  isTerminal: boolean;
  /** Characters that a line of it has now; undefined where that is not known. */
  columns(): number | undefined;
  /** Whether whoever read it has gone, so that nothing that is written is seen. */
  isClosed(): boolean;
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
  /**
   * What comes on standard input, to its end; undefined where a person sits there. Of more than `most` bytes only the beginning is
   * read, which is longer than `most`.
   */
  input(most: number): Promise<Uint8Array | undefined>;
  /** The time of this machine, in ms since the epoch. */
  now(): number;
  /** Ms that have passed since some moment; it never goes back. */
  elapsed(): number;
  /** Calls `act` again and again, `ms` apart, until the answer is called. Keeps no process alive. */
  every(ms: number, act: () => void): () => void;
  /** Settles when somebody interrupts the command. It listens from the first call on. */
  interrupted(): Promise<void>;
  /** gcloud itself, with no project chosen for it. */
  gcloud: RunGcloud;
  /** Asks whoever is there by HTTP. */
  fetch: typeof globalThis.fetch;
  /** Google, as the person at this machine may use it in a project. */
  google(project: string): Google;
}
