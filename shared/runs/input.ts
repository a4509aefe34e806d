import type { Document, Ports, Write } from '../ports/index.ts';
import { headOf, isLong, keepLong, readLong } from './long-text.ts';
import type { Run } from './run.ts';

/** Largest text that a person or another agent may ask with, in bytes: a request brings it, and one document holds it. */
export const largestInput = 262_144;

/** How long what a run is asked is kept, in ms: a run waits for as long as its agent is paused. */
const inputLifeMs = 400 * 86_400_000;

/** What a run says of what it is asked. */
export function asked(prompt: string | null): Pick<Run, 'prompt' | 'promptBytes'> {
  if (prompt === null) return { prompt, promptBytes: null };
  const { head, bytes } = headOf(prompt);
  return { prompt: head, promptBytes: bytes };
}

/** The writes that keep what a run is asked where it has no room for it: they belong into the commit that admits it. */
export function inputWrites(runId: string, prompt: string | null, now: number): Write[] {
  return isLong(asked(prompt).promptBytes)
    ? [keepLong(inputPath(runId), prompt ?? '', new Date(now + inputLifeMs))]
    : [];
}

/**
 * All of what a run is asked by a person or another agent; null: nothing; undefined: it is not there any more. Costs a read only
 * where the run has no room for it.
 */
export async function readInput(
  ports: Pick<Ports, 'documents'>,
  { id, data }: Document<Run>,
): Promise<string | null | undefined> {
  return isLong(data.promptBytes) ? readLong(ports, inputPath(id)) : data.prompt;
}

/** Where it stands what a run is asked, if the run has no room for it. */
export function inputPath(runId: string): string {
  return `runs/${runId}/input/0`;
}
