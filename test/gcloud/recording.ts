import { isDeepStrictEqual } from 'node:util';
import type { Google } from '../../infra/gcloud/google.ts';
import { refusalOfApi } from '../../infra/gcloud/refusals.ts';
import { type Asked, type Fields, fieldsAt } from './answer.ts';
import type { Lane } from './environment.ts';
import { handle } from './handle.ts';
import { askedOf, type Fault, faulty, type GoogleServer, type Recorded } from './server.ts';
import type { Store } from './store.ts';

/** What gcloud asked the server for each command, by the command. */
export type Recordings = Map<string, readonly Recorded[]>;

type GcloudArgs = Parameters<Google['gcloud']>;

/** What a command about a binding is, whoever's binding it is: whom a policy names matters to nothing that gcloud sends but the policy. */
function policyKeyOf(args: GcloudArgs[0]): string | undefined {
  const isAbout = args.some((word) => /^(add|remove)-iam-policy-binding$/.test(word));
  return isAbout
    ? args.filter((word) => !/^--(member|role|condition)/.test(word)).join(' ')
    : undefined;
}

function keyOf(args: GcloudArgs[0], options: GcloudArgs[1]): string {
  return JSON.stringify([args, options?.files ?? {}]);
}

/** Whether gcloud was seen to run a command, with whatever Google answered put in where the plan leaves room for it. */
export function wasSeen(
  recordings: Recordings,
  args: readonly string[],
  files: { readonly [flag: string]: string } | undefined,
): boolean {
  const parts = keyOf(args, files && { files }).split(/\{answer \d+: [\w.]+\}/);
  if (parts.length === 1) return recordings.has(parts[0] ?? '');
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  return [...recordings.keys()].some((key) => key.startsWith(first) && key.endsWith(last));
}

/** The gclouds of `lanes`, each with one command at a time, so that what arrives at the server can be told apart by command. */
export function recording(
  lanes: readonly Lane[],
  server: GoogleServer,
  recordings: Recordings,
): Google {
  const free = [...lanes].reverse();
  const waiting: ((lane: Lane) => void)[] = [];
  const take = async (): Promise<Lane> =>
    free.pop() ?? new Promise((resolve) => waiting.push(resolve));
  const giveBack = (lane: Lane): void => {
    const next = waiting.shift();
    if (next) next(lane);
    else free.push(lane);
  };
  return {
    api: async (...asked) => {
      const lane = await take();
      return lane.google.api(...asked).finally(() => giveBack(lane));
    },
    gcloud: async (args, options) => {
      const lane = await take();
      try {
        const before = server.recorded.length;
        const answer = await lane.google.gcloud(args, options);
        const arrived = server.recorded.slice(before).filter(({ token }) => token === lane.token);
        recordings.set(keyOf(args, options), arrived);
        const policyKey = policyKeyOf(args);
        if (policyKey !== undefined) recordings.set(policyKey, arrived);
        return answer;
      } finally {
        giveBack(lane);
      }
    },
  };
}

/** What a replay works on. The store may be exchanged. */
export interface Replayed {
  store: Store;
  fault?: Fault | undefined;
}

/**
 * Google without gcloud: a command sends what gcloud was seen to send for it, to the same engine, within this process. Thousands of
 * commands a second. A policy is read and changed as gcloud does it, for what it sends depends on what it read.
 */
export function replaying(recordings: Recordings, world: Replayed): Google {
  const send = (asked: Asked, command: string, seen = 200): Fields => {
    const fault = world.fault?.(asked);
    const answer = fault ? faulty(fault) : handle(world.store, asked);
    // gcloud looks whether something is there, and goes on where it is not.
    if (answer.status >= 400 && answer.status !== seen)
      throw refusalOfApi(answer.status, JSON.stringify(answer.body), command);
    return structuredClone(answer.body);
  };
  return {
    gcloud: async (args, options) => {
      const command = `gcloud ${args.join(' ')}`;
      const requests =
        recordings.get(keyOf(args, options)) ?? recordings.get(policyKeyOf(args) ?? '');
      if (!requests) throw new Error(`nobody saw ${command}`);
      if (/ (add|remove)-iam-policy-binding /.test(command)) {
        return changePolicy(requests, send, args, options?.files?.['--condition-from-file']);
      }
      // Operations have other names in another project, and have all ended.
      const lasting = requests.filter(({ path }) => !/(^|\/)operations\/[^/]+$/.test(path));
      const answers = lasting.map((asked) => send(asked, command, asked.answer.status));
      return outputOf(args, answers);
    },
    api: async (method, url, body) => {
      const [, api = '', rest = ''] = /^https:\/\/([a-z]+)\.googleapis\.com\/(.*)$/.exec(url) ?? [];
      const asked = askedOf(
        method,
        new URL(`http://127.0.0.1/${api}/${rest}`),
        JSON.stringify(body ?? {}),
      );
      return send(asked, `${method} ${url}`);
    },
  };
}

/** What gcloud prints: the rows of a list, or what was answered last. */
function outputOf(args: readonly string[], answers: readonly Fields[]): unknown {
  if (args[0] === 'auth') return { token: 'a-token-of-nobody' };
  if (!args.includes('list')) return answers.at(-1);
  return answers.flatMap((answer) => Object.values(answer).filter(Array.isArray).flat());
}

function changePolicy(
  requests: readonly Asked[],
  send: (asked: Asked, command: string) => Fields,
  args: readonly string[],
  conditionText: string | undefined,
): Fields {
  const command = args.join(' ');
  const reading = requests.find(({ verb }) => verb === 'getIamPolicy');
  const writing = requests.find(({ verb }) => verb === 'setIamPolicy');
  if (!reading) throw new Error(`gcloud read no policy for ${command}`);
  const flag = (name: string): string =>
    args.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
  const condition =
    conditionText === undefined ? {} : { condition: JSON.parse(conditionText) as Fields };
  const policy = send(reading, command);
  const there = (policy.bindings as Fields[] | undefined) ?? [];
  const isMeant = (binding: Fields): boolean =>
    binding.role === flag('role') &&
    isDeepStrictEqual(fieldsAt(binding, 'condition'), fieldsAt(condition, 'condition'));
  const member = flag('member');
  const members = there.filter(isMeant).flatMap((binding) => binding.members as string[]);
  const isAdded = command.includes('add-iam-policy-binding');
  if (!isAdded && !members.includes(member)) {
    const error = { status: 'NOT_FOUND', message: 'Policy binding not found' };
    throw refusalOfApi(404, JSON.stringify({ error }), command);
  }
  const rest = members.filter((each) => each !== member);
  const changed = isAdded ? [...rest, member] : rest;
  const bindings = [
    ...there.filter((binding) => !isMeant(binding)),
    ...(changed.length > 0 ? [{ role: flag('role'), members: changed, ...condition }] : []),
  ];
  const asked = writing ?? { ...reading, method: 'POST', verb: 'setIamPolicy' };
  return send({ ...asked, body: { policy: { ...policy, bindings } } }, command);
}
