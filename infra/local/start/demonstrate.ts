import type { Delivery } from '../../../shared/deliveries/delivery.ts';
import type { Documents } from '../../../shared/ports/index.ts';
import { followRun } from './follow.ts';
import { type Sender, sampleDelivery, sampleSubject } from './sample.ts';

/** What the demonstration works with. */
export interface Stage {
  documents: Documents;
  /** Base URL of the functions. */
  base: string;
  /** Base URL of the console. */
  console: string;
  print(line?: string): void;
}

/** Longest time that the demonstration follows its run, in ms. */
const patienceMs = 60_000;

/** What the webhook answers, in the fields that are told of here. */
interface Answer {
  delivery?: string;
  runs?: { [agent: string]: string };
}

/** Sends the example delivery as `sender` and tells what becomes of its first run. */
export async function demonstrate(stage: Stage, sender: Sender): Promise<void> {
  const { documents, base, print } = stage;
  const url = `${base}/webhooks/${sender.source}`;
  print(`An example: GitHub would send ${sampleSubject}, signed.`);
  print(`  POST ${url}`);
  const response = await fetch(url, { method: 'POST', ...sampleDelivery(sender.secret) });
  const text = await response.text();
  print(`  answered ${response.status} ${text}`);
  print();
  if (!response.ok) return;
  const { delivery = '', runs = {} } = JSON.parse(text) as Answer;
  const [runId, ...others] = Object.values(runs);
  if (runId === undefined) {
    await tellWhyNot(stage, delivery);
    return;
  }
  const run = await followRun(documents, runId, print, patienceMs);
  if (!run) return;
  print();
  print(`  ${run.summary}`);
  if (run.returnValue !== null) print(`  it returned ${JSON.stringify(run.returnValue)}`);
  if (run.cleanedAt === null) print('  it is not over yet; its document tells the rest');
  print(`  its document: ${stage.console}/runs/${runId}`);
  if (others.length > 0) print(`  the delivery started ${others.join(', ')} as well`);
  print();
}

/** An example that starts nothing must at least say why. */
async function tellWhyNot({ documents, print }: Stage, id: string): Promise<void> {
  const delivery = await documents.get<Delivery>(`deliveries/${id}`);
  print('  No agent of this project asks for that:');
  for (const [agent, failures] of Object.entries(delivery?.data.unmatched ?? {})) {
    for (const failure of failures) print(`    ${agent}: ${failure}`);
  }
  print();
}
