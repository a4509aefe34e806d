import { createHmac, timingSafeEqual } from 'node:crypto';

export type HmacAlgorithm = 'sha1' | 'sha256' | 'sha512';
export type Encoding = 'hex' | 'base64';

/** Digits of each encoding, with what fills the last group. */
const digits = { hex: /^[0-9a-f]+$/, base64: /^[A-Za-z0-9+/]+={0,2}$/ };

export interface HmacCheck {
  /** Default: `sha256`. */
  algorithm?: HmacAlgorithm;
  /** Default: `hex`, in lower case. */
  encoding?: Encoding;
  /** What stands before the signature. Default: nothing. */
  prefix?: string;
}

/** Whether `given` is the HMAC of `message` under `secret`, compared in constant time. A missing header is none. */
export function isHmac(
  given: string | undefined,
  message: Uint8Array,
  secret: Uint8Array,
  { algorithm = 'sha256', encoding = 'hex', prefix = '' }: HmacCheck = {},
): boolean {
  if (!given?.startsWith(prefix)) return false;
  const signature = given.slice(prefix.length);
  if (!digits[encoding].test(signature)) return false;
  const expected = createHmac(algorithm, secret).update(message).digest();
  const bytes = Buffer.from(signature, encoding);
  // One spelling a signature: `Buffer` skips what is over.
  return (
    signature === bytes.toString(encoding) &&
    bytes.byteLength === expected.byteLength &&
    timingSafeEqual(bytes, expected)
  );
}

/** Whether a time of the sender's, in seconds since the epoch as text, is at most `most` ms from `now` (ms since the epoch). */
export function isRecent(seconds: string | undefined, now: number, most: number): boolean {
  if (seconds === undefined || !/^\d{1,12}$/.test(seconds)) return false;
  return Math.abs(now - Number(seconds) * 1_000) <= most;
}
