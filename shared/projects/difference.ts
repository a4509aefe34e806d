import { canonical } from './canonical.ts';
import type { Agent, Project } from './project.ts';
import { type Change, tell, type Way } from './tell-change.ts';

/** What a change is about, as a person looks for it. */
export type Aspect =
  | 'image'
  | 'triggers'
  | 'credentials'
  | 'limits'
  | 'instructions'
  | 'models'
  | 'variables'
  | 'webhooks'
  | 'settings';

/** One thing that is otherwise, and what it is about. */
export type AspectChange = Change & { aspect: Aspect };

/** What publishing a project would change, or did. */
export interface Difference {
  agents: {
    added: { agent: string; has: AspectChange[] }[];
    removed: string[];
    changed: { agent: string; changes: AspectChange[] }[];
  };
  /** What is of no one agent. */
  project: AspectChange[];
}

/** How a field is told. */
interface Telling {
  aspect: Aspect;
  by: Way;
}

/** Fields of an agent that are told otherwise than as settings by their values. */
const ofAgent: { readonly [field in keyof Agent]?: Telling } = {
  image: { aspect: 'image', by: 'values' },
  webhooks: { aspect: 'triggers', by: 'items' },
  schedule: { aspect: 'triggers', by: 'items' },
  credentials: { aspect: 'credentials', by: 'items' },
  credentialTypes: { aspect: 'credentials', by: 'names' },
  credentialsDelivery: { aspect: 'credentials', by: 'values' },
  skill: { aspect: 'instructions', by: 'lines' },
  description: { aspect: 'instructions', by: 'lines' },
  params: { aspect: 'variables', by: 'lines' },
  env: { aspect: 'variables', by: 'names' },
  models: { aspect: 'models', by: 'items' },
  hooks: { aspect: 'settings', by: 'names' },
  scale: { aspect: 'limits', by: 'values' },
  maxWorkQueueSize: { aspect: 'limits', by: 'values' },
  maxReruns: { aspect: 'limits', by: 'values' },
  concurrency: { aspect: 'limits', by: 'values' },
  budget: { aspect: 'limits', by: 'values' },
  retry: { aspect: 'limits', by: 'values' },
  timeout: { aspect: 'limits', by: 'values' },
  memory: { aspect: 'limits', by: 'values' },
  cpus: { aspect: 'limits', by: 'values' },
};

const ofProject: { readonly [field in keyof Project]?: Telling } = {
  sources: { aspect: 'webhooks', by: 'values' },
  scale: { aspect: 'limits', by: 'values' },
  maxCallDepth: { aspect: 'limits', by: 'values' },
};

const otherwise: Telling = { aspect: 'settings', by: 'values' };

/**
 * What is otherwise in `after` than in `before`, in the order of agents' names. No field is left out: two projects that give no
 * difference are the same release.
 *
 * @param before Undefined: nothing was published.
 */
export function differenceOf(before: Project | undefined, after: Project): Difference {
  const old = before?.agents ?? {};
  const names = [...new Set([...Object.keys(old), ...Object.keys(after.agents)])].sort();
  const agents: Difference['agents'] = { added: [], removed: [], changed: [] };
  for (const agent of names) {
    const was = ownOf(old, agent);
    const is = ownOf(after.agents, agent);
    if (was && !is) agents.removed.push(agent);
    if (!is) continue;
    const changes = changesOf(was ?? {}, was ? is : withoutNothing(is), ofAgent);
    if (!was) agents.added.push({ agent, has: changes });
    else if (changes.length > 0) agents.changed.push({ agent, changes });
  }
  const { agents: _was, ...rest } = before ?? { agents: {} };
  const { agents: _is, ...own } = after;
  return { agents, project: changesOf(rest, before ? own : withoutNothing(own), ofProject) };
}

/** Whether there is nothing in it. */
export function isNothing({ agents: { added, removed, changed }, project }: Difference): boolean {
  return added.length + removed.length + changed.length + project.length === 0;
}

/** The fields in which something is: of what is new, an empty list says nothing. */
function withoutNothing(fresh: object): object {
  const isThere = (value: unknown): boolean =>
    value !== '' && !(typeof value === 'object' && Object.keys(value ?? {}).length === 0);
  return Object.fromEntries(Object.entries(fresh).filter(([, value]) => isThere(value)));
}

function ownOf(agents: Project['agents'], name: string): Agent | undefined {
  return Object.hasOwn(agents, name) ? agents[name] : undefined;
}

function changesOf(
  before: object,
  after: object,
  tellings: { readonly [field: string]: Telling | undefined },
): AspectChange[] {
  const was = new Map(Object.entries(before));
  const is = new Map(Object.entries(after));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((field) => {
    const [old, now] = [was.get(field), is.get(field)];
    if (canonical(old ?? null) === canonical(now ?? null)) return [];
    const { aspect, by } = (Object.hasOwn(tellings, field) && tellings[field]) || otherwise;
    return tell[by](field, old, now).map((change) => ({ aspect, ...change }));
  });
}
