import { homeSecretId, keepCredential } from '../../shared/credentials/home.ts';
import type { CredentialReference } from '../../shared/credentials/reference.ts';
import { asTold } from '../deploy/carry-out.ts';
import type { Step } from '../deploy/step.ts';
import type { Command } from '../deployment/kind.ts';
import { inLanes } from '../provision/lanes.ts';
import { notesMask } from '../rest/secret-versions.ts';
import { changeLine, changesOf, type FieldChange, isChange } from './changes.ts';
import { makeFingerprintKey } from './fingerprint.ts';
import type { InUse } from './holders.ts';
import { momentOf } from './moment.ts';
import { readFields } from './read-fields.ts';
import { readSuperseded } from './superseded.ts';
import {
  carryOutTidy,
  type Homes,
  isTidy,
  planTidy,
  type TidyOptions,
  type TidyPlan,
} from './tidy.ts';
import type { Wanted } from './wanted.ts';

/** What a push comes to for one credential. */
export interface PlannedCredential {
  credential: string;
  changes: readonly FieldChange[];
  /** Left as it is, because what is wanted was replaced already. */
  isLeft: boolean;
  /** What is to be done with its versions that no field names; undefined where it has no home yet. */
  tidy: TidyPlan | undefined;
}

export interface PushPlan {
  credentials: readonly PlannedCredential[];
  steps: readonly Step[];
}

export interface PlanningPush {
  homes: Homes;
  inUse: Pick<InUse, 'now' | 'holdersOf'>;
  googleProject: string;
  /** What fingerprints are made with; undefined before the first was. */
  key: Uint8Array | undefined;
  wanted: readonly Wanted[];
  /** Credentials of which only the versions that no field names are looked at. */
  others?: readonly CredentialReference[];
  /** Also puts back values that were replaced. */
  older?: boolean;
  /** Old versions of what is wanted are put away at once. */
  atOnce?: boolean;
}

/** Credentials that are looked at at a time. */
const atATime = 8;

/** Looks at what is there and says what a push has to do. Changes nothing. No value is in a step. */
export async function planPush(planning: PlanningPush): Promise<PushPlan> {
  const { wanted, others = [], atOnce = false } = planning;
  const pushed = await inLanes(atATime, wanted, (each) => planOne(planning, each));
  const tidied = await inLanes(atATime, others, async (reference) => ({
    credential: nameOf(reference),
    changes: [],
    isLeft: false,
    tidy: await planTidy(planning.homes, reference, tidyOptions(planning, reference, false)),
  }));
  return {
    credentials: [...pushed, ...tidied],
    steps: [
      ...pushed.flatMap((each, at) => {
        const one = wanted[at];
        return one ? stepsOf(planning, each, one, atOnce) : [];
      }),
      ...tidied.flatMap((each) => tidySteps(planning, each)),
    ],
  };
}

async function planOne(planning: PlanningPush, wanted: Wanted): Promise<PlannedCredential> {
  const { homes, key, older = false, atOnce = false } = planning;
  const { reference } = wanted;
  const [fields, tidy] = await Promise.all([
    readFields(homes.secrets, reference),
    planTidy(homes, reference, tidyOptions(planning, reference, atOnce)),
  ]);
  const superseded = tidy ? readSuperseded(tidy.notes) : [];
  const changes = changesOf(wanted, { fields, superseded, key });
  const isLeft = !older && changes.some(({ change }) => change === 'older');
  return { credential: nameOf(reference), changes, isLeft, tidy };
}

function tidyOptions(
  { inUse }: PlanningPush,
  reference: CredentialReference,
  atOnce: boolean,
): TidyOptions {
  return { now: inUse.now, holders: inUse.holdersOf(nameOf(reference)), atOnce };
}

function stepsOf(
  planning: PlanningPush,
  planned: PlannedCredential,
  wanted: Wanted,
  atOnce: boolean,
): Step[] {
  const { credential, changes, isLeft, tidy } = planned;
  if (isLeft || !changes.some(isChange)) return tidySteps(planning, planned);
  const { homes } = planning;
  const { reference, fields, isWhole } = wanted;
  const url = urlOf(planning, reference);
  const added = changes.filter(({ change }) => change !== 'same' && change !== 'gone');
  const add: Command = { tool: 'api', method: 'POST', url: `${url}:addVersion` };
  const name: Command = { tool: 'api', method: 'PATCH', url: `${url}?updateMask=versionAliases` };
  const replaces = changes.some(({ change }) => change !== 'same' && change !== 'new');
  return [
    {
      title: `credential ${credential}`,
      why: `${changes.filter(isChange).map(changeLine).join('; ')}.`,
      commands: [
        ...(tidy ? [] : [createCommand(planning, reference)]),
        ...added.map(() => add),
        name,
        ...(replaces ? [noteCommand(planning, reference)] : []),
      ],
      run: retriable(async () => {
        const { now, key } = await noting(planning);
        const known = await readFields(homes.secrets, reference);
        const named = await keepCredential(homes, reference, fields, { keepsOthers: !isWhole });
        const options = tidyOptions(planning, reference, atOnce);
        const after = await planTidy(homes, reference, options, named);
        if (after) await carryOutTidy(homes, after, { now, key });
        const done = changesOf(wanted, { fields: known, superseded: [], key });
        return done.filter(isChange).map(changeLine).join('; ');
      }),
    },
  ];
}

/** What there is to do for versions that no field names, where nothing else is to be done. */
function tidySteps(planning: PlanningPush, { credential, tidy }: PlannedCredential): Step[] {
  if (!tidy || isTidy(tidy)) return [];
  const { reference, ripe, unnoted } = tidy;
  const url = urlOf(planning, reference);
  const words = [
    ...(ripe.length > 0 ? [`${versionWords(ripe)} put away`] : []),
    ...(unnoted.length > 0 ? [`${versionWords(unnoted)} noted`] : []),
  ].join(', ');
  return [
    {
      title: `old versions of ${credential}`,
      why: 'No field names them any more.',
      commands: [
        noteCommand(planning, reference),
        ...ripe.map(
          (number): Command => ({
            tool: 'api',
            method: 'POST',
            url: `${url}/versions/${number}:destroy`,
          }),
        ),
      ],
      run: retriable(async () => {
        await carryOutTidy(planning.homes, tidy, await noting(planning));
        return words;
      }),
    },
  ];
}

/** Work of a step, of which Google's refusals come out as they are: whoever carries it out knows which pass by themselves. */
function retriable<T>(work: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await work();
    } catch (error) {
      throw asTold(error);
    }
  };
}

async function noting({
  inUse,
  homes,
  key,
}: PlanningPush): Promise<{ now: number; key: Uint8Array }> {
  return { now: inUse.now, key: key ?? (await makeFingerprintKey(homes.secrets)) };
}

function versionWords(numbers: readonly string[]): string {
  return `${numbers.length === 1 ? 'version' : 'versions'} ${numbers.join(', ')}`;
}

/** Why a version stays, in words for a person. */
export function stayingLine({ number, fate }: TidyPlan['staying'][number]): string {
  return fate.kind === 'rests'
    ? `version ${number} can still be read, and stays until ${momentOf(fate.until)}`
    : `version ${number} may be mounted by ${fate.runs.join(', ')}, and stays until they are over`;
}

/** `type:instance` */
export function nameOf({ type, instance }: CredentialReference): string {
  return `${type}:${instance}`;
}

function urlOf({ googleProject }: PlanningPush, reference: CredentialReference): string {
  return `${secretsUrl(googleProject)}/${homeSecretId(reference)}`;
}

function createCommand({ googleProject }: PlanningPush, reference: CredentialReference): Command {
  const url = `${secretsUrl(googleProject)}?secretId=${homeSecretId(reference)}`;
  return { tool: 'api', method: 'POST', url };
}

function noteCommand(planning: PlanningPush, reference: CredentialReference): Command {
  return { tool: 'api', method: 'PATCH', url: `${urlOf(planning, reference)}?${notesMask}` };
}

export function secretsUrl(googleProject: string): string {
  return `https://secretmanager.googleapis.com/v1/projects/${googleProject}/secrets`;
}
