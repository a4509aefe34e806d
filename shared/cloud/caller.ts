const prefix = 'drover-function/';

/** What a client's user agent begins with, so that a stand-in knows which function calls. */
export function callerAgent(name: string): string {
  return `${prefix}${name}`;
}

/** The function in a user agent that begins with {@link callerAgent}, if it does. */
export function callerIn(userAgent: string): string | undefined {
  const [first = ''] = userAgent.split(' ', 1);
  return first.startsWith(prefix) ? first.slice(prefix.length) : undefined;
}
