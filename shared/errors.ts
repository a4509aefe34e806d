/** No retry can help: recorded, answered 2xx to whoever retries, never tried again (D15). */
export class Permanent extends Error {
  override readonly name = 'Permanent';
}

/** Worth another try after `afterSeconds` (D15). */
export class Retryable extends Error {
  override readonly name = 'Retryable';

  constructor(
    message: string,
    readonly afterSeconds: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
