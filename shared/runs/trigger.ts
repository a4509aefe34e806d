/** What asked for a run in the first place. */
export type OriginTrigger =
  | {
      type: 'webhook';
      /** Name of the webhook source in the project. */
      source: string;
      /** Id of the delivery document. */
      delivery: string;
    }
  | { type: 'replay'; source: string; delivery: string; by: string }
  | {
      type: 'schedule';
      /** ISO time of the minute that was due. */
      due: string;
    }
  | { type: 'manual'; by: string }
  | {
      type: 'call';
      /** Id of the call document; null when the caller wants no answer. */
      call: string | null;
      /** Id of the run that called. */
      caller: string;
      /** The agents that stand above this run, each called by the one before it; the last is the caller's. */
      chain: string[];
      /** How many they are. */
      depth: number;
    };

/** A run that follows another of the same cause. */
export type RerunTrigger = {
  type: 'rerun';
  /** Id of the run before. */
  of: string;
  because: 'asked' | 'retry';
  /** Runs in a row, this one included, that the agent asked for. */
  reruns: number;
  /** Repetitions in a row, this one included, of a run that failed. */
  retries: number;
  origin: OriginTrigger;
};

export type Trigger = OriginTrigger | RerunTrigger;

/** What asked for the first of a chain of reruns. */
export function originOf(trigger: Trigger): OriginTrigger {
  return trigger.type === 'rerun' ? trigger.origin : trigger;
}

/** The delivery that a run goes back to, if it does. */
export function deliveryOf(trigger: Trigger): string | undefined {
  const origin = originOf(trigger);
  return 'delivery' in origin ? origin.delivery : undefined;
}

/** The run that called for a run, if an agent did. */
export function callerOf(trigger: Trigger): string | undefined {
  const origin = originOf(trigger);
  return origin.type === 'call' ? origin.caller : undefined;
}
