import type { Document, Write } from '../ports/index.ts';
import { partPath } from './body.ts';
import type { Delivery } from './delivery.ts';

/** The writes that keep a delivery, and its body, until another time. They are refused where part of the body is gone. */
export function keepLonger({ path, version, data }: Document<Delivery>, expireAt: Date): Write[] {
  return [
    { op: 'update', path, version, fields: { expireAt } },
    ...keepBodyLonger({ path, data }, expireAt),
  ];
}

/** The same for the body alone, beside a write of the delivery itself. */
export function keepBodyLonger(
  { path, data: { body } }: Pick<Document<Delivery>, 'path' | 'data'>,
  expireAt: Date,
): Write[] {
  return Array.from({ length: body.parts }, (_, index): Write => {
    return { op: 'update', path: partPath(path, body, index), fields: { expireAt } };
  });
}
