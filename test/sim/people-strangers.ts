import type { World } from '../world.ts';
import { viewer } from './credentials.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Chance } from './random.ts';

/** Who asks, how he says who he is, and with what he is refused. */
type Stranger = [who: string, headers: { [name: string]: string }, refusal: number];

/** Somebody asks for what his key does not allow, or asks without one: he is refused, and nothing comes of it. */
export async function askAsStranger(
  { request }: Pick<World, 'request'>,
  ledger: Ledger,
  chance: Chance,
): Promise<void> {
  const [who, headers, refusal] = chance.pick<Stranger>([
    ['nobody', {}, 401],
    ['somebody with a wrong key', { authorization: 'Bearer another-key' }, 401],
    ['a viewer', viewer, 403],
  ]);
  const why = `stranger ${ledger.commits()}`;
  const path = chance.pick(['/v1/project/pause', '/v1/agents/agent-0/trigger', '/control/pause']);
  const answer = await request('control', path, {
    method: 'POST',
    headers: { ...headers, 'x-drover-why': why },
    body: '{}',
  }).catch(() => undefined);
  if (!answer || answer.status === 503) return;
  hold(answer.status === refusal, 'access', `${who} asked for ${path}: ${answer.status}`);
}
