import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Sender, sampleDelivery, sign } from './sample.ts';

/** What there is to try. */
export interface Ground {
  /** Base URL of the functions. */
  base: string;
  /** Base URL of the console. */
  console: string;
  /** Where the local cloud keeps its state; the example's body is put there. */
  state: string;
  /** Where the functions' log lines go. */
  logFile: string;
  /** The file that the key of the control API is in. */
  keyFile: string | undefined;
  /** The directory that the reader is in. */
  from: string;
  /** Whose deliveries can be signed here. */
  sender: Sender | undefined;
}

/** What a reader may do next, as lines that can be pasted into a shell. */
export function suggestions(ground: Ground): string[] {
  const { base, console, state, logFile, keyFile, from, sender } = ground;
  const lines = ['Try:'];
  if (sender) {
    const { body } = sampleDelivery(sender.secret);
    const file = join(state, 'issue.json');
    writeFileSync(file, body);
    lines.push(
      '  the same event again, signed (each x-github-delivery is a delivery of its own, and starts its runs once):',
      `    curl ${base}/webhooks/${sender.source} --data-binary @${shown(file, from)} \\`,
      `      -H 'content-type: application/json' -H 'x-github-event: issues' \\`,
      `      -H "x-github-delivery: $(date +%s)" -H 'x-hub-signature-256: ${sign(body, sender.secret)}'`,
    );
  }
  if (keyFile !== undefined) {
    const key = `-H "authorization: Bearer $(cat ${shown(keyFile, from)})"`;
    lines.push(
      '  the control API (docs/control-api.md): what the agents are doing, and why one does nothing',
      `    curl ${base}/control/v1/agents ${key}`,
    );
  }
  lines.push(
    `  runs        ${console}/runs (in a browser, or with curl)`,
    `  deliveries  ${console}/deliveries`,
    `  the functions' log: tail -f ${shown(logFile, from)}`,
    '  stop with Ctrl-C; the next npm start goes on where this one stopped',
  );
  return lines;
}

/** A path as the reader would type it into a shell. */
function shown(path: string, from: string): string {
  const short = relative(from, path);
  const chosen = short.startsWith('..') ? path : short;
  return /^[\w./-]+$/.test(chosen) ? chosen : `'${chosen.replaceAll("'", `'\\''`)}'`;
}
