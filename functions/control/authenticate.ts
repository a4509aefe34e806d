import type { MiddlewareHandler } from 'hono';
import type { Ports } from '../../shared/ports/index.ts';
import { bearerOf, verifiedEmail } from '../http/oidc.ts';
import { refuse } from '../http/refusal.ts';
import type { Instance } from '../instance.ts';
import { createApiKeys, type Role } from './api-keys.ts';

/** Who calls. */
export interface Caller {
  /** `key:<name>`, or an e-mail address. */
  who: string;
  role: Role;
}

/** What the control API knows of a request. */
export type ControlEnv = { Variables: { caller: Caller } };

/** What everybody may read. */
const open = new Set(['/health']);
/** What a viewer may do. */
const looking = new Set(['GET', 'HEAD']);

const howToAuthenticate =
  'send Authorization: Bearer <key>, where the key is the field key of the credential gateway_api_key:default, or an identity token of Google for this function';

/**
 * Lets in who has a key or an identity that is listed, and lets only operators change anything. Whoever is refused has cost no
 * read of Firestore, and does not learn which paths there are.
 */
export function authenticate(
  ports: Pick<Ports, 'secrets' | 'clock' | 'log'>,
  { environment: { control }, readToken }: Pick<Instance, 'environment' | 'readToken'>,
): MiddlewareHandler<ControlEnv> {
  const keys = createApiKeys(ports);

  const byIdentity = async (token: string): Promise<Caller | 'stranger' | undefined> => {
    const claims = await readToken(token);
    if (!claims) return undefined;
    const who = verifiedEmail(claims, control.url)?.toLowerCase() ?? '';
    if (control.operators.includes(who)) return { who, role: 'operator' };
    return control.viewers.includes(who) ? { who, role: 'viewer' } : 'stranger';
  };
  const byKey = async (key: string): Promise<Caller | undefined> => {
    const found = await keys.find(key);
    return found && { who: `key:${found.name}`, role: found.role };
  };

  return async (context, next) => {
    const { method, path } = context.req;
    if (open.has(path)) return next();
    const token = bearerOf(context.req.header('authorization'));
    const caller = token && (await (isJwt(token) ? byIdentity(token) : byKey(token)));
    if (!caller) {
      context.header('WWW-Authenticate', 'Bearer');
      return refuse(context, 'unauthenticated', 'Unauthorized', { hint: howToAuthenticate });
    }
    if (caller === 'stranger') {
      const hint = `this identity is not listed, or its token is not for ${control.url}: an operator adds the e-mail address to DROVER_CONTROL_OPERATORS or DROVER_CONTROL_VIEWERS`;
      return refuse(context, 'not-allowed', 'Forbidden', { hint });
    }
    if (caller.role === 'viewer' && !looking.has(method)) {
      const hint = `${caller.who} is a viewer, who may only look: ask an operator, or use an operator's key`;
      return refuse(context, 'not-allowed', 'Forbidden', { hint });
    }
    context.set('caller', caller);
    // What one caller may see, no proxy may keep for the next.
    context.header('Cache-Control', 'no-store');
    return next();
  };
}

/** Whether a token has the three parts of a signed JSON Web Token, the first of which begins with `{"`. */
function isJwt(token: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(token);
}
