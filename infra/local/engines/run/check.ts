import { EngineError } from '../engine.ts';

/** One thing that Cloud Run would refuse, in the manner of its own messages: the field first. */
export function refuse(field: string, problem: string): never {
  throw new EngineError('INVALID_ARGUMENT', `Violation in ${field}: ${problem}`);
}

/** Something that Cloud Run offers and the local cloud does not. */
export function unoffered(field: string, what: string): never {
  throw new EngineError('UNIMPLEMENTED', `${field}: the local cloud does not offer ${what}`);
}

/** A name that must be an RFC 1123 label. */
export const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
