import { EngineError } from '../engine.ts';

/** Refuses a call when there were `perMinute` of them in the last 60 s. */
export function minuteQuota(perMinute: number, now: () => number): () => void {
  let recent: number[] = [];
  return () => {
    const time = now();
    recent = recent.filter((at) => at > time - 60_000);
    if (recent.length >= perMinute)
      throw new EngineError(
        'RESOURCE_EXHAUSTED',
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute' of service 'logging.googleapis.com'.",
      );
    recent.push(time);
  };
}
