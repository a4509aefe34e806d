import { type NewestPage, newest, type Place } from '../newest.ts';
import type { Ports } from '../ports/index.ts';
import type { AuditEntry } from './audit.ts';

/** A page of what was changed, the newest first. */
export async function listAudit(
  ports: Pick<Ports, 'documents'>,
  limit: number,
  after: Place | null = null,
): Promise<NewestPage<AuditEntry>> {
  return newest<AuditEntry>(ports, { collection: 'audit', time: 'at', limit, after });
}
