import type { Message } from '../../wire/server.ts';
import type { Need } from '../target.ts';

/** What one method of an API needs. */
export interface MethodNeeds {
  /** The page of Google's that says so. */
  source: string;
  /** The permissions that this request needs. All of them are. */
  of(request: Message, projectId: string): Need[];
}

/** By `Service.Method`. */
export type NeedsTable = { readonly [method: string]: MethodNeeds };

/** Entries of a service that are told on one page. */
export function fromPage(
  source: string,
  service: string,
  methods: { readonly [method: string]: MethodNeeds['of'] },
): NeedsTable {
  return Object.fromEntries(
    Object.entries(methods).map(([method, of]) => [`${service}.${method}`, { source, of }]),
  );
}
