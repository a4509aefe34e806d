const oneTest = /^resource\.name\.startsWith\("([^"\\]*)"\)$/;

/**
 * A condition of a binding as a test of `resource.name`. It knows what the list writes, alternatives of
 * `resource.name.startsWith("…")`, and throws on anything else: a condition that nobody evaluates would grant.
 */
export function readCondition(expression: string): (name: string) => boolean {
  const prefixes = expression.split(' || ').map((test) => {
    const prefix = oneTest.exec(test)?.[1];
    if (prefix === undefined) throw new Error(`the local cloud cannot evaluate: ${expression}`);
    return prefix;
  });
  return (name) => prefixes.some((prefix) => name.startsWith(prefix));
}
