import { expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';

it.each([
  ['', 0],
  ['123456789', 0xe3069283],
  ['\0'.repeat(32), 0x8a9136aa],
  ['\xff'.repeat(32), 0x62a8ab43],
])('crc32c of %j is the one of RFC 3720', (text, checksum) => {
  expect(crc32c(Buffer.from(text, 'latin1'))).toBe(checksum);
});
