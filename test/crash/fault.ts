/** What goes wrong at one call of a port, from one site. */
export interface Fault {
  /** Id of the site. */
  site: string;
  /** At its how manieth call in a life, counted from 1. */
  occurrence: number;
  /** Before or after the call took effect. */
  when: 'before' | 'after';
  /** The instance dies, or the call throws an error of this code. */
  how: 'crash' | 'unavailable' | 'aborted';
}

/** Calls that change nothing: what goes wrong before one and after one differs in nothing that anybody could see. */
const reading: ReadonlySet<string> = new Set([
  'documents.get',
  'documents.query',
  'documents.count',
  'secrets.get',
  'secrets.access',
  'secrets.list',
  'jobs.get',
  'jobs.execution',
  'jobs.list',
  'logs.last',
]);

/** Whether a call `<port>.<method>` only reads. */
export function onlyReads(call: string): boolean {
  return reading.has(call);
}
