import { EngineError } from '../../engines/engine.ts';
import type { Message } from '../server.ts';

/** Reads parts of a decoded message, whose shape the descriptor vouches for but TypeScript cannot see. */

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function message(value: unknown): Message {
  return optional(value) ?? {};
}

/** A message that may be absent. */
export function optional(value: unknown): Message | undefined {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value)
    ? (value as Message)
    : undefined;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function bytes(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

export function invalid(reason: string): EngineError {
  return new EngineError('INVALID_ARGUMENT', reason);
}
