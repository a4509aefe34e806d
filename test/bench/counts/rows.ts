import { reckonedRows } from '../logs/reckon.ts';
import type { Row } from '../rows.ts';
import { countIdleMinute, countRun, type RunCounts } from './count.ts';

/** Everything that is counted. Two calls give the same. */
export async function countedRows(): Promise<Row[]> {
  const plain = await countRun();
  const oneField = await countRun({ fields: 1 });
  const threeFields = await countRun({ fields: 3 });
  const cold = await countRun({ fields: 1, cold: true });
  const idle = await countIdleMinute();
  return [
    count('round trips, request → 200', plain.rounds.acknowledge),
    count('round trips, request → 200, cold', cold.rounds.acknowledge),
    count('round trips, 200 → CreateJob', plain.rounds.launch, plain.path.join(' → ')),
    count(
      'round trips, 200 → CreateJob, one credential',
      oneField.rounds.launch,
      'the credential is read while its copy is made',
    ),
    count('round trips, 200 → CreateJob, one credential, cold', cold.rounds.launch),
    count(
      'Firestore writes, plain run of a minute',
      plain.firestore.writes,
      'documents; without signals and log',
    ),
    count('Firestore writes, each signal', plain.firestore.signalWrites),
    count('Firestore writes, each chunk of log', plain.firestore.logWrites),
    count(
      'Firestore reads, plain run of a minute',
      plain.firestore.reads,
      'documents; polls at 5, 15 and 35 s; each journal entry once, to be published; the chunks of its log, counted at its end',
    ),
    count(
      'Pub/Sub requests, plain run of a minute',
      plain.calls['Publisher.Publish'] ?? 0,
      'at its launch, by the first poll, at its end',
    ),
    ...writes('plain run', plain),
    ...writes('one credential of one field', oneField),
    ...writes('one credential of three fields', threeFields),
    count(
      'calls, idle minute',
      Object.values(idle).reduce((a, b) => a + b, 0),
      list(idle),
    ),
    ...(await reckonedRows()),
  ];
}

function writes(what: string, counts: RunCounts): Row[] {
  return [
    count(`Secret Manager writes, ${what}`, counts.secretWrites),
    count(`Cloud Run admin writes, ${what}`, counts.runWrites),
  ];
}

function count(name: string, value: number, note?: string): Row {
  return { name, value, unit: '', ...(note === undefined ? {} : { note }) };
}

function list(calls: { [method: string]: number }): string {
  return Object.entries(calls)
    .map(([method, times]) => (times === 1 ? method : `${times} ${method}`))
    .join(', ');
}
