import type { Ports } from '../ports/index.ts';
import { type BodyDescription, readBody } from './body.ts';
import type { Delivery } from './delivery.ts';
import { indented } from './indent.ts';
import { deliveryPath } from './names.ts';

/** A delivery with its body. */
export interface WholeDelivery {
  id: string;
  delivery: Delivery;
  /** Null when it is not all there any more. */
  body: ReadableBody | null;
}

/** A body for a reader: JSON laid out, other text as it came, and bytes that are no text in base64. */
export interface ReadableBody {
  text: string;
  encoding: 'json' | 'text' | 'base64';
}

/** Largest body that is laid out, in bytes: nobody reads more, and a larger one is worth more as it came. */
const mostLaidOut = 1_000_000;

/** A delivery and its body, or undefined when there is none with this id. */
export async function readDelivery(
  ports: Pick<Ports, 'documents'>,
  id: string,
): Promise<WholeDelivery | undefined> {
  const found = await findDelivery(ports, id);
  if (!found) return undefined;
  const body = await readBody(ports, found.path, found.data.body);
  return { id, delivery: found.data, body: body ? readable(body, found.data.body) : null };
}

/** Every id that a delivery can have, see `names.ts`. An id that comes from a person may be anything at all, such as a path. */
const possibleId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,149}:[A-Za-z0-9][A-Za-z0-9._-]{0,149}$/;

/** The document of a delivery, or undefined when there is none with this id. */
export async function findDelivery({ documents }: Pick<Ports, 'documents'>, id: string) {
  if (!possibleId.test(id)) return undefined;
  return documents.get<Delivery>(deliveryPath(id));
}

function readable(body: Uint8Array, { bytes }: BodyDescription): ReadableBody {
  const text = textOf(body);
  if (text === undefined) return { text: Buffer.from(body).toString('base64'), encoding: 'base64' };
  const json = bytes <= mostLaidOut ? indented(text) : undefined;
  return json === undefined ? { text, encoding: 'text' } : { text: json, encoding: 'json' };
}

function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
