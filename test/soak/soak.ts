import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cloudOf } from '../e2e/cloud.ts';
import { type Program, startProgram, threePorts } from '../e2e/program.ts';
import {
  countRuns,
  type Evidence,
  readCloud,
  readDisk,
  readMachine,
  type Told,
} from './evidence.ts';
import { judge } from './judge.ts';
import { type Killing, startKilling } from './kill.ts';
import type { SoakOptions } from './options.ts';
import { planDeliveries } from './plan.ts';
import { writeProject } from './project.ts';
import { numbersOf } from './random.ts';
import { type Sending, startSending } from './send.ts';
import type { LogLine } from './tail.ts';
import type { Violation } from './violation.ts';

/** What a soak came to. */
export interface Soaked {
  evidence: Evidence;
  kills: Killing['kills'];
  /** What the functions said. */
  log: readonly LogLine[];
  violations: Violation[];
  /** Where everything lies still, when something did not hold. */
  directory: string | undefined;
}

/** The part of the storm in which deliveries are planned: the rest finds their runs. */
const partSending = 0.85;
/** Time between two lines of progress, in ms. */
const lineMs = 5_000;
/** Sweeps come each second here; in this time, in ms, three of them have passed. */
const sweepsMs = 3_500;
/** How long the local cloud may take to stop, in ms. */
const stopMs = 15_000;
/** What is left of the time for reading the evidence, in ms. */
const readingMs = 10_000;

/** Sends, kills, waits until everything is quiet, and judges what it came to. Leaves no process, whatever happens. */
export async function soak(options: SoakOptions, print: (line: string) => void): Promise<Soaked> {
  const directory = mkdtempSync(join(tmpdir(), 'drover-soak-'));
  const project = join(directory, 'project');
  const state = join(directory, 'state');
  const records = join(directory, 'records');
  const noPrograms = join(directory, 'no-programs');
  writeProject(project, records);
  mkdirSync(noPrograms);
  const port = await threePorts();
  const args = ['--project', project, '--state', state, '--port', String(port)];
  const program = startProgram(
    [...args, '--no-demo', '--own-process', '--tick-seconds', '1'],
    // Nothing on the PATH that the agent image's entry point needs: agents are run alone, which is much quicker.
    { PATH: noPrograms },
  );
  try {
    const soaked = await storm(options, { port, state, records, program, print });
    const isFine = soaked.violations.length === 0;
    if (isFine) rmSync(directory, { recursive: true, force: true });
    return { ...soaked, directory: isFine ? undefined : directory };
  } finally {
    // Its containers end with it when it is asked to, and only then.
    program.send('SIGTERM');
    await Promise.race([program.exited, sleep(stopMs)]);
    program.send('SIGKILL');
    await program.exited;
  }
}

interface Stage {
  port: number;
  state: string;
  records: string;
  program: Program;
  print(line: string): void;
}

async function storm(
  { deliveries, seed, killEveryMs, stormMs, longestMs }: SoakOptions,
  { port, state, records, program, print }: Stage,
): Promise<Omit<Soaked, 'directory'>> {
  const beganAt = Date.now();
  await program.said(/^Drover is up/m);
  const random = numbersOf(seed);
  const planned = planDeliveries(deliveries, stormMs * partSending, random);
  const killing = startKilling({
    logFile: join(state, 'functions.log'),
    records,
    everyMs: killEveryMs,
    random: numbersOf(seed + 1),
  });
  const url = `http://127.0.0.1:${port}/webhooks/github`;
  const sending = startSending(url, planned, random);
  const ports = cloudOf(port);
  const tell = async (): Promise<number> => {
    const { all, open } = await countRuns(ports);
    const { attempts, answered } = countSent(sending);
    const seconds = Math.round((Date.now() - beganAt) / 1_000);
    print(
      `${String(seconds).padStart(4)} s  ${answered} of ${deliveries} deliveries answered in ${attempts} requests; ${killsOf(killing)} kills; ${all} runs, ${open} not done with`,
    );
    return open;
  };
  const telling = setInterval(() => void tell().catch(() => {}), lineMs);
  try {
    const lastAt = beganAt + longestMs - readingMs;
    const late = setTimeout(sending.giveUp, lastAt - Date.now());
    await sleep(stormMs);
    killing.stop();
    await sending.done;
    clearTimeout(late);
    while ((await countRuns(ports)).open > 0 && Date.now() < lastAt) await sleep(250);
    await sleep(sweepsMs);
    await tell();
  } finally {
    clearInterval(telling);
    killing.stop();
    killing.close();
    sending.giveUp();
  }
  const left = { ...(await readCloud(port)), ...readMachine(state, records) };
  program.send('SIGTERM');
  const exit = await program.exited;
  const evidence = { sent: sending.book, ...left, ...readDisk(state, records) };
  const open = [...left.runs.values()].filter(({ data }) => data.cleanedAt === null);
  // While anything moves, what was read of it may be of different moments.
  const violations = open.length > 0 ? open.map(notQuiet) : judge(evidence);
  if (exit.code !== 0 || program.errors() !== '') {
    const what = `the local cloud ended with ${exit.code ?? exit.signal}: ${program.errors()}`;
    violations.push({ law: 'ends well', what });
  }
  violations.push(...judgeLog(killing));
  return { evidence, kills: killing.kills, log: killing.log, violations };
}

function notQuiet({ id, data: { state } }: Told): Violation {
  return { law: 'quiet', what: `${id} is ${state} and not done with when time is up`, run: id };
}

/** The functions die only when they are killed, and never meet what they did not expect. */
function judgeLog(killing: Killing): Violation[] {
  const starts = killing.log.filter(({ message }) => message === 'functions starting').length;
  const kills = killsOf(killing);
  const bugs = killing.log.filter(
    ({ severity }) => severity === 'ERROR' || severity === 'CRITICAL',
  );
  return [
    ...(starts === kills + 1
      ? []
      : [
          {
            law: 'no crash',
            what: `the functions were started ${starts} times and killed ${kills} times`,
          },
        ]),
    ...bugs.map((line) => ({ law: 'no bug', what: JSON.stringify(line) })),
  ];
}

export function killsOf({ kills }: Pick<Killing, 'kills'>): number {
  return [...kills.values()].reduce((sum, count) => sum + count, 0);
}

function countSent({ book }: Sending): { attempts: number; answered: number } {
  return {
    attempts: book.reduce((sum, { attempts }) => sum + attempts, 0),
    answered: book.filter(({ answers }) => answers.length > 0).length,
  };
}
