/** What a log line may carry beside its message: ids that a reader searches for. Never a secret, a signature or a body (D17). */
export interface LogFields {
  runId?: string;
  agent?: string;
  deliveryId?: string;
  /** Trace of the run that the line is about (32 hex digits), where that may be another than the request's. */
  trace?: string;
  [field: string]: string | number | boolean | undefined;
}

/** Our own log lines, structured. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
