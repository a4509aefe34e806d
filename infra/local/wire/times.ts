/** `google.protobuf.Timestamp` and `google.protobuf.Duration`, which look the same, as the wire decodes them. */
export interface WireTime {
  seconds: string;
  nanos: number;
}

/** In ms; the microseconds and nanoseconds are cut off. */
export function millis({ seconds, nanos }: WireTime): number {
  return Number(seconds) * 1000 + Math.trunc(nanos / 1e6);
}

/** From ms, fractions included. */
export function wireTime(ms: number): WireTime {
  const seconds = Math.floor(ms / 1000);
  return { seconds: String(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}
