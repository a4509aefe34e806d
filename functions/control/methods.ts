import type { Env, Hono, MiddlewareHandler } from 'hono';
import { refuse } from '../http/refusal.ts';

/**
 * Answers 405 with `Allow` where a path is there and its method is not. It comes last, when no route has answered, and knows the
 * routes of `app` as they are then.
 */
export function refuseMethods<E extends Env>(app: Hono<E>): MiddlewareHandler<E> {
  const patterns = new Map<string, Set<string>>();
  for (const { method, path } of app.routes) {
    if (method === 'ALL') continue;
    const methods = patterns.get(path) ?? new Set();
    patterns.set(path, methods.add(method));
  }
  const known = [...patterns].map(([path, methods]) => ({ matcher: matcherOf(path), methods }));
  return async (context, next) => {
    const { method, path } = context.req;
    const allowed = known.flatMap(({ matcher, methods }) =>
      matcher.test(path) ? [...methods] : [],
    );
    if (allowed.length === 0) return next();
    const allow = [...new Set(allowed)].sort().join(', ');
    context.header('Allow', allow);
    return refuse(context, 'wrong-method', `${method} is not possible here; there is ${allow}`);
  };
}

/** What a path with `:name` in it matches. */
function matcherOf(path: string): RegExp {
  const source = path
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll(/[^\w-]/g, '\\$&')));
  return new RegExp(`^${source.join('/')}$`);
}
