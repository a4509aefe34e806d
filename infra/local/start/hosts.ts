import { hostInProcess } from './host-in-process.ts';
import { hostInThread } from './host-in-thread.ts';

/** What runs the functions: a thread of the local cloud's process, or a process of their own. */
export type Host = 'thread' | 'process';

/** What a host needs. */
export interface Hosting {
  port: number;
  /** The functions' whole environment. */
  variables: { [name: string]: string };
  /** Their log lines are appended to it. */
  logFile: string;
  /** Called when they die of themselves and nobody starts them again. */
  died(error: Error): void;
}

/** Functions that are being served. */
export interface Hosted {
  stop(): Promise<void>;
}

/** Each host; it answers once the functions listen, and rejects when they cannot start. */
export const hosts: { readonly [host in Host]: (hosting: Hosting) => Promise<Hosted> } = {
  thread: hostInThread,
  process: hostInProcess,
};
