import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { listAudit } from '../../shared/audit/list.ts';
import type { Instance } from '../instance.ts';
import type { ControlEnv } from './authenticate.ts';
import { cursorOf, placeOfCursor } from './cursor.ts';
import { answers, nextCursor, page, usualPage } from './parts.ts';

const auditEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    who: z.string(),
    why: z.string(),
    action: z.string(),
    target: z.string(),
  })
  .openapi('AuditEntry');

const list = createRoute({
  method: 'get',
  path: '/v1/audit',
  tags: ['audit'],
  summary: 'Who changed what, and why, the newest first',
  request: { query: z.object(page) },
  responses: answers(
    'A page of entries.',
    z.object({ entries: z.array(auditEntry), next: nextCursor }),
  ),
});

/** What people changed. */
export function audit({ ports }: Instance) {
  return new OpenAPIHono<ControlEnv>().openapi(list, async (context) => {
    const { limit = usualPage, cursor } = context.req.valid('query');
    const found = await listAudit(ports, limit, placeOfCursor(cursor));
    const entries = found.documents.map(({ id, data: { at, who, why, action, target } }) => ({
      id,
      at: at.toISOString(),
      who,
      why,
      action,
      target,
    }));
    return context.json({ entries, next: cursorOf(found.next) }, 200);
  });
}
