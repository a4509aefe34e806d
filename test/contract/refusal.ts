import { CloudError, type CloudErrorCode } from '../../shared/ports/index.ts';

/** The code that `call` was refused with; `undefined` when it was not refused. Anything but a CloudError is thrown. */
export async function refusal(call: Promise<unknown>): Promise<CloudErrorCode | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof CloudError) return error.code;
    throw error;
  }
}
