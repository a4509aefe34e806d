import type { CliCommand } from '../command.ts';
import { credsLs } from './creds-ls.ts';
import { credsPush } from './creds-push.ts';
import { credsRm } from './creds-rm.ts';
import { credsRotate } from './creds-rotate.ts';

/** The commands that look after credentials. */
export const creds: readonly CliCommand[] = [credsPush, credsLs, credsRotate, credsRm];
