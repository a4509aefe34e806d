import type { Notify, Posted } from '../ports/index.ts';

/** How long a receiver may take to answer, in ms. */
const longestMs = 10_000;
/** What is read of an answer, in UTF-16 units: Slack says in a word what it does not like. */
const longestWord = 100;

/** Statuses after which the same message may be taken later: those that ask for time, and the receiver's own failures. */
function isWorthAnother(status: number): boolean {
  return [408, 425, 429].includes(status) || status >= 500;
}

/** Webhooks over HTTPS. To this machine's own loopback HTTP will do: nobody listens in there. */
export const httpNotify: Notify = {
  post: async (address, json) => {
    const url = addressOf(address);
    if (!url) return { outcome: 'refused', why: 'the address is none of https://' };
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: json,
        // The message was meant for nobody else.
        redirect: 'manual',
        signal: AbortSignal.timeout(longestMs),
      });
      return await readAnswer(answer);
    } catch (error) {
      return { outcome: 'later', why: `the receiver did not answer: ${codeOf(error)}` };
    }
  },
};

function addressOf(address: string): URL | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  // `fetch` takes no address with a name and a password in it.
  if (url.username !== '' || url.password !== '') return undefined;
  const isOwn = url.hostname === '127.0.0.1' || url.hostname === 'localhost';
  return url.protocol === 'https:' || (url.protocol === 'http:' && isOwn) ? url : undefined;
}

async function readAnswer(answer: Response): Promise<Posted> {
  const { ok, status, headers } = answer;
  if (ok) {
    await answer.body?.cancel();
    return { outcome: 'taken' };
  }
  const word = await firstWord(answer);
  const why = `the receiver answered ${status}${word === '' ? '' : `: ${word}`}`;
  if (!isWorthAnother(status)) return { outcome: 'refused', why };
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return { outcome: 'later', why, ...(seconds > 0 && { afterMs: seconds * 1_000 }) };
}

/** The beginning of an answer, as far as it is a plain word or two. */
async function firstWord({ body }: Response): Promise<string> {
  let text = '';
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (text.length >= longestWord) break;
  }
  const [line = ''] = text.slice(0, longestWord).toWellFormed().split('\n', 1);
  return /^[\w .:,'-]*$/.test(line.trim()) ? line.trim() : '';
}

/** What Node calls the failure. Its message may have the address in it, which is a secret. */
function codeOf(error: unknown): string {
  const { name, cause } = error instanceof Error ? error : new Error();
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : '';
  return typeof code === 'string' && code !== '' ? code : name;
}
