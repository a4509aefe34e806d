import { connect } from 'node:net';
import { clients } from '../../../shared/cloud/clients.ts';
import { realisticDelivery, type SignedBody } from '../deliveries.ts';
import { cloudSettings, place, signingSecret } from '../host/options.ts';
import { type Host, startHost } from '../host/start.ts';
import type { Row } from '../rows.ts';
import { median, percentile, sum } from '../statistics.ts';
import { type Loaded, post, sendLoad } from './load.ts';

const levels = [1, 16, 64];
/** Rounds of a level, each measuring both sides once, and how long a side is loaded in a round, in ms. */
const rounds = 6;
const roundMs = 700;
const warmUpMs = 2_000;

type Side = 'drover' | 'floor';

interface Sample extends Loaded {
  /** Processor time of the side's own thread, in ms. */
  cpuMs: number | undefined;
}

/**
 * How fast a delivery is acknowledged, beside its floor. Both sides are measured in turns, in changing order, so that
 * what disturbs the machine, and the growth of the local cloud's state, fall on both.
 */
export async function acknowledgementRows(profiles?: string): Promise<Row[]> {
  const host = await startHost({ floor: true, ...(profiles !== undefined && { profiles }) });
  try {
    const delivery = realisticDelivery(Buffer.from(signingSecret));
    await pauseDispatch(host);
    await givePattern(host, delivery);
    const measure = measurer(host, delivery);
    for (const side of ['drover', 'floor'] as const) await measure(side, 16, warmUpMs);
    await host.profile('measure');
    const rows: Row[] = [];
    for (const connections of levels) {
      const samples: { [side in Side]: Sample[] } = { drover: [], floor: [] };
      for (let round = 0; round < rounds; round += 1) {
        const order: Side[] = round % 2 === 0 ? ['drover', 'floor'] : ['floor', 'drover'];
        for (const side of order) samples[side].push(await measure(side, connections, roundMs));
      }
      rows.push(...levelRows(connections, samples));
    }
    await host.profile('measured');
    return rows;
  } finally {
    await host.stop();
  }
}

/** The runs of these deliveries must not start: their wake-ups are kept in a paused queue, like the floor's. */
async function pauseDispatch({ endpoint, port }: Host): Promise<void> {
  const tasks = await clients(cloudSettings(endpoint, `http://127.0.0.1:${port}`)).tasks();
  const parent = `projects/${place.project}/locations/${place.region}`;
  await tasks.pauseQueue({ name: `${parent}/queues/drover-dispatch` });
  await tasks.close();
}

/** Shows the floor which documents Drover makes of a delivery. */
async function givePattern(host: Host, delivery: SignedBody): Promise<void> {
  const socket = connect(host.port, '127.0.0.1');
  const answer = await post(socket, '/webhooks/github', 'pattern', delivery);
  socket.destroy();
  const accepted = JSON.parse(answer) as { delivery: string; runs: { bench: string } };
  const given = await fetch(`http://127.0.0.1:${host.floorPort}/pattern`, {
    method: 'POST',
    body: JSON.stringify({ delivery: accepted.delivery, run: accepted.runs.bench }),
  });
  if (!given.ok) throw new Error(`the floor answered ${given.status} ${await given.text()}`);
}

function measurer(host: Host, delivery: SignedBody) {
  let sent = 0;
  const nextId = (): string => {
    sent += 1;
    return `bench-${sent}`;
  };
  return async (side: Side, connections: number, durationMs: number): Promise<Sample> => {
    const thread = side === 'drover' ? host.functions : host.floor;
    const before = host.cpuMs(thread);
    const loaded = await sendLoad({
      port: (side === 'drover' ? host.port : host.floorPort) ?? 0,
      path: side === 'drover' ? '/webhooks/github' : '/',
      connections,
      durationMs,
      delivery,
      nextId,
    });
    const after = host.cpuMs(thread);
    const cpuMs = before === undefined || after === undefined ? undefined : after - before;
    return { ...loaded, cpuMs };
  };
}

function levelRows(connections: number, { drover, floor }: { [side in Side]: Sample[] }): Row[] {
  const at = `${connections} connection${connections === 1 ? '' : 's'}`;
  const ratios = drover.map((sample, round) => {
    const beside = floor[round];
    return beside ? rate([sample]) / rate([beside]) : Number.NaN;
  });
  const cpu = { drover: cpuEach(drover), floor: cpuEach(floor) };
  return [
    { name: `acknowledged, ${at}`, value: rate(drover), unit: '/s', note: latency(drover) },
    { name: `floor, ${at}`, value: rate(floor), unit: '/s', note: latency(floor) },
    {
      name: `of the floor's rate, ${at}`,
      value: median(ratios),
      unit: '×',
      note: `rounds: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`,
    },
    ...(cpu.drover === undefined || cpu.floor === undefined
      ? []
      : [
          {
            name: `functions' thread, ${at}`,
            value: cpu.drover,
            unit: 'ms CPU',
            note: `a delivery; the floor's ${cpu.floor.toFixed(2)}, which is ${(cpu.floor / cpu.drover).toFixed(2)} of it`,
          },
        ]),
  ];
}

function rate(samples: readonly Loaded[]): number {
  const answered = sum(samples.map(({ latencies }) => latencies.length));
  return (answered * 1_000) / sum(samples.map(({ elapsedMs }) => elapsedMs));
}

function latency(samples: readonly Loaded[]): string {
  const all = samples.flatMap(({ latencies }) => latencies);
  return `p50 ${percentile(all, 0.5).toFixed(1)} ms, p99 ${percentile(all, 0.99).toFixed(1)} ms, ${all.length} deliveries`;
}

function cpuEach(samples: readonly Sample[]): number | undefined {
  const used = samples.map(({ cpuMs }) => cpuMs);
  if (used.includes(undefined)) return undefined;
  const answered = sum(samples.map(({ latencies }) => latencies.length));
  return sum(used.map((ms) => ms ?? 0)) / answered;
}
