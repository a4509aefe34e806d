import type { Strings } from '../../engines/run/index.ts';
import type { Message } from '../server.ts';
import { millis, type WireTime, wireTime } from '../times.ts';

/** A field that is a message; an absent one is empty. */
export function message(value: unknown): Message {
  return typeof value === 'object' && value !== null ? (value as Message) : {};
}

export function list(value: unknown): Message[] {
  return Array.isArray(value) ? value.map(message) : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

/** A number, also one that travels as a string because it has 64 bits. */
export function number(value: unknown): number {
  return Number(value ?? 0);
}

export function strings(value: unknown): Strings {
  return Object.fromEntries(Object.entries(message(value)).map(([key, one]) => [key, text(one)]));
}

/** google.protobuf.Duration, in seconds; undefined when it is absent. */
export function seconds(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { seconds, nanos } = message(value);
  return millis({ seconds: String(seconds ?? 0), nanos: number(nanos) }) / 1000;
}

/** google.protobuf.Timestamp of ms since the epoch; absent when undefined. */
export function timestamp(at: number | undefined): WireTime | null {
  return at === undefined ? null : wireTime(at);
}

/** google.protobuf.Duration of seconds. */
export function duration(value: number): WireTime {
  return wireTime(value * 1000);
}
