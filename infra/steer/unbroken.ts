/** Longest time in ms between two pieces of an answer that has begun. */
const silenceMs = 30_000;
/** The same of a stream of events, in which the control API says every 15 s that it is still there. */
const streamSilenceMs = 60_000;

/** What is done about a body that does not come to its end. */
export interface Broken {
  /** Lets go of the connection. */
  hangUp: (why: Error) => void;
  /** What whoever reads the body meets instead. */
  failure: (error: unknown) => unknown;
}

/** The same answer, of which reading ends with a failure when its body breaks off, or nothing more of it comes for too long. */
export function unbroken(answer: Response, { hangUp, failure }: Broken): Response {
  const { body, status, statusText, headers, url } = answer;
  if (!body) return answer;
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const longestMs = isStream ? streamSilenceMs : silenceMs;
  const reader = body.getReader();
  const read = async () => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const why = new Error(`nothing more of its answer came for ${longestMs / 1_000} s`);
        reject(why);
        hangUp(why);
      }, longestMs);
    });
    try {
      return await Promise.race([reader.read(), silence]);
    } finally {
      clearTimeout(timer);
    }
  };
  const pieces = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { value, done } = await read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(failure(error));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  const same = new Response(pieces, { status, statusText, headers });
  // An answer that is made here has no address, and whoever looks for a route needs it.
  Object.defineProperty(same, 'url', { value: url });
  return same;
}
