import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from './commands.ts';
import { allEdges } from './model.ts';
import { createReal } from './real.ts';

const { MODEL_RUNS, MODEL_SEED, MODEL_PATH: path, MODEL_REPLAY: replayPath } = process.env;
/** Lives that are lived. */
const numRuns = Number(MODEL_RUNS ?? 300);
/** A failing life says its seed, its path, and its replay path: with all three it is lived again as it was shrunk. */
const seed = Number(MODEL_SEED ?? 1);

describe('a run', () => {
  it('goes only where the state table leads, and everywhere there', async () => {
    const seen = new Set<string>();
    const lives = fc.commands(commands, {
      maxCommands: 60,
      size: 'max',
      ...(replayPath === undefined ? {} : { replayPath }),
    });
    await fc.assert(
      fc.asyncProperty(lives, (life) =>
        fc.asyncModelRun(
          async () => ({ model: { runs: new Map(), seen }, real: await createReal() }),
          life,
        ),
      ),
      { numRuns, seed, ...(path === undefined ? {} : { path }) },
    );
    if (path === undefined) {
      expect(allEdges().filter((edge) => !seen.has(edge))).toEqual([]);
    }
  }, 180_000);
});
