/** Something that took time, as a part of a trace (W3C Trace Context; OpenTelemetry's specification, "Span"). */
export interface Span {
  /** 32 hex digits. */
  trace: string;
  /** 16 hex digits, in its trace nobody else's. */
  id: string;
  /** The span that it is a part of; null where that is not known. */
  parent: string | null;
  /** Of few different values: ids are attributes. */
  name: string;
  /** `server`: it answers somebody's request. */
  kind: 'internal' | 'server';
  /** Ms since the epoch. */
  startedAt: number;
  endedAt: number;
  /** Never a secret, a signature or a body (D17). */
  attributes: { readonly [name: string]: string | number | boolean };
  isError: boolean;
}

/** Told of what took time, where somebody collects that. It never throws, and loses what it cannot hand over. */
export interface Spans {
  record(span: Span): void;
}
