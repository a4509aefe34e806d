import { join, resolve } from 'node:path';
import { systemClock } from '../../../shared/cloud/clock.ts';
import { systemRandom } from '../../../shared/cloud/random.ts';
import type { Documents } from '../../../shared/ports/index.ts';
import type { Project } from '../../../shared/projects/project.ts';
import { publish } from '../../../shared/projects/publish.ts';
import { agentLabel } from '../../../shared/runs/labels.ts';
import { transitions } from '../../../shared/runs/states.ts';
import { agentIdentitiesOf } from '../../deployment/agents.ts';
import { formatProblem, readProject } from '../../project-files.ts';
import { functionNames } from '../../resources.ts';
import { startCloud } from '../cloud.ts';
import { controlKeyFile, pushCredentials } from './credentials.ts';
import { demonstrate } from './demonstrate.ts';
import { startFunctions } from './functions.ts';
import type { StartOptions } from './options.ts';
import { portProblem } from './ports.ts';
import { type AgentProgram, programOf } from './programs.ts';
import { announce } from './running.ts';
import { githubSender } from './sample.ts';
import type { Stopper } from './stop.ts';
import { suggestions } from './suggest.ts';

const place = { project: 'drover-local', region: 'local' };

/** Open runs that are counted, at most. */
const mostCounted = 10_000;

/** Says why nothing was started; everything else is printed. */
export type Started = { ok: true } | { ok: false; why: string };

/**
 * Brings up the local cloud and the functions with the project published, shows one delivery's way, and leaves everything
 * running until a signal comes.
 *
 * @param from The directory that the reader is in.
 * @param stopper Learns what there is to end, also when this answers that it did not start.
 */
export async function start(
  options: StartOptions,
  from: string,
  stopper: Stopper,
  print: (line?: string) => void,
): Promise<Started> {
  const { project: directory, state, port } = options;
  const parsed = readProject(directory, (agent) => `drover-local/${agent}`);
  if (!parsed.ok) {
    const problems = parsed.problems.map((problem) => `${formatProblem(problem)}\n`).join('');
    return { ok: false, why: `${problems}\n${directory} is not a project that can run.` };
  }
  const busy = await portProblem([port, port + 1, port + 2]);
  if (busy !== undefined) return { ok: false, why: busy };
  const { project, warnings } = parsed;
  let up: Awaited<ReturnType<typeof bringUp>>;
  try {
    up = await bringUp(options, project, stopper);
  } catch (error) {
    return { ok: false, why: `Drover did not start: ${messageOf(error)}` };
  }
  const { cloud, functions, notes, release } = up;

  const keyFile = controlKeyFile(directory);
  if (keyFile !== undefined) {
    const control = `${functions.base}/control`;
    const places = [join(directory, '.drover'), resolve(state)];
    stopper.add(announce(places, { pid: process.pid, control, keyFile }));
  }

  const agents = Object.keys(project.agents);
  const problems = agents.flatMap((agent) => programFor(directory, project, agent).problem ?? []);
  const open = await countOpen(cloud.documents);
  print(`Drover is up after ${Math.round(performance.now())} ms, on this machine only.`);
  print(`  functions  ${functions.base}/{${functionNames.join(',')}}`);
  print(`  Firestore  ${cloud.console.url}`);
  print(`  project    ${project.name}, release ${release}: ${agents.join(', ')}`);
  if (open > 0) print(`  going on   with ${open} ${open === 1 ? 'run' : 'runs'} from before`);
  for (const note of [...warnings.map(formatProblem), ...problems, ...notes]) {
    print(`  note       ${note}`);
  }
  print();

  const sender = githubSender(directory, project);
  const { base, logFile } = functions;
  const console = cloud.console.url;
  if (options.demo && sender) {
    await demonstrate({ documents: cloud.documents, base, console, print }, sender);
  } else if (options.demo) {
    print('The project has no GitHub source under [webhooks]: there is no example to send.');
    print();
  }
  suggestions({ base, console, state: resolve(state), logFile, keyFile, from, sender }).forEach(
    print,
  );
  return { ok: true };
}

async function bringUp(
  { project: directory, state, port, tickMs, eventsTo, host }: StartOptions,
  project: Project,
  stopper: Stopper,
) {
  const agents = Object.keys(project.agents);
  const starting = startCloud({
    ...place,
    directory: state,
    consolePort: port + 1,
    port: port + 2,
    command: (_image, labels) => {
      const agent = agents.find((name) => agentLabel(name) === labels['drover-agent']);
      return agent === undefined ? undefined : programFor(directory, project, agent).program;
    },
    tickMs,
    eventsTo,
  });
  stopper.add(async () => (await starting.catch(() => undefined))?.stop());
  const cloud = await starting;
  const died = (error: Error): void => {
    process.stderr.write(`the functions died: ${error.message}\n`);
    stopper.stop(1);
  };
  const functions = await startFunctions({ ...place, cloud, host, port, state, died });
  stopper.add(functions.stop);
  const notes = await pushCredentials(cloud.secrets, directory, project);
  const ports = { documents: cloud.documents, clock: systemClock, random: systemRandom };
  cloud.iam.provision(agentIdentitiesOf(project));
  const release = await publish(ports, project);
  cloud.connect({ logs: `${functions.base}/logs`, tick: `${functions.base}/tick` });
  return { cloud, functions, notes, release };
}

function programFor(directory: string, { agents }: Project, agent: string): AgentProgram {
  const hasModels = (agents[agent]?.models.length ?? 0) > 0;
  return programOf(directory, agent, hasModels, process.env.PATH ?? '');
}

/** Runs that an earlier start left unfinished. */
async function countOpen(documents: Documents): Promise<number> {
  const open = Object.entries(transitions).filter(([, events]) => Object.keys(events).length > 0);
  const states = open.map(([state]) => state);
  const runs = await documents.query({
    collection: 'runs',
    where: [['state', 'in', states]],
    limit: mostCounted,
  });
  return runs.length;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
