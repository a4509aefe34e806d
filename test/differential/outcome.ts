/** What came of a call: its answer, the gRPC code it was refused with, or what the client itself refused. */
export type Outcome = { answer: unknown } | { code: number; message: string } | { client: string };

export async function outcome(call: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: await call() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'code' in error && typeof error.code === 'number'
      ? { code: error.code, message: error.message }
      : { client: error.message };
  }
}

/** An operation that the two databases answered differently. */
export interface Difference<Described, Answer> {
  described: Described;
  google: Answer;
  local: Answer;
}

/** Equal but for the wording of messages, which is nobody's contract. */
export function alike(a: unknown, b: unknown): boolean {
  return wordless(a) === wordless(b);
}

function wordless(value: unknown): string {
  return JSON.stringify(value, (key, inner) => (key === 'message' ? undefined : inner));
}
