import type { Case } from './case.ts';
import { hold } from './laws.ts';
import { keyOf } from './standing.ts';

/** Judges the runs that a commit admits: one a cause, each as the release says that it names. */
export function createAdmissionJudge() {
  /** Run ids by cause. */
  const causes = new Map<string, string>();

  return {
    judge: ({ ledger, committed }: Case): void => {
      for (const { entry, before } of committed.runs) {
        const { id, data } = entry;
        if (before) continue;
        const known = causes.get(data.cause);
        hold(known === undefined, 'cause', `${id} and ${known} have one cause: ${data.cause}`, id);
        causes.set(data.cause, id);
        hold(data.state === 'queued', 'admission', `${id} begins as ${data.state}`, id);
        const agent = ledger.release(data.release)?.agents[data.agent];
        hold(agent !== undefined, 'admission', `${id} is of no agent of ${data.release}`, id);
        if (!agent) continue;
        const key = keyOf(agent.concurrency, data.context);
        const said = `${id} has the key ${data.concurrencyKey}, not ${key}`;
        hold(data.concurrencyKey === key, 'admission', said, id);
        const same =
          data.timeout === agent.timeout && data.credentialsDelivery === agent.credentialsDelivery;
        hold(same, 'admission', `${id} is configured otherwise than its release`, id);
        const { type } = data.trigger;
        const mayWait = type === 'rerun' || type === 'schedule';
        hold(mayWait || data.notBefore === null, 'admission', `${id} waits for a time`, id);
      }
    },
  };
}
