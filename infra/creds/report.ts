import type { Project } from '../../shared/projects/project.ts';
import type { Result } from '../cli/result.ts';
import { changeLine, type FieldChange, isChange } from './changes.ts';
import { restMs } from './fate.ts';
import { momentOf } from './moment.ts';
import { type PlannedCredential, stayingLine } from './plan-push.ts';
import type { Pushed } from './push.ts';
import { usersOf } from './users.ts';

/** What a push came to, for a person and for programs. */
export function reportOf(
  pushed: Pushed,
  { isDryRun, atOnce, project }: { isDryRun: boolean; atOnce: boolean; project: Project | null },
): Result {
  const { credentials, inUse, steps } = pushed;
  const projects = [inUse.release, project].flatMap((each) => each ?? []);
  const changed = credentials.filter(isChanged);
  const staying = credentials.flatMap(({ credential, tidy }) =>
    (tidy?.staying ?? []).map((each) => `${credential}: ${stayingLine(each)}`),
  );
  const would = isDryRun ? 'would be ' : '';
  const lines = changed.map((each) => {
    const users = usersOf(projects, each.credential);
    const whose = users.length === 0 ? 'used by nobody' : `used by ${users.join(', ')}`;
    return `${each.credential}: ${each.changes.filter(isChange).map(changeLine).join('; ')}; ${whose}`;
  });
  const replaces = changed.some(({ changes }) => changes.some(isReplaced)) && !atOnce;
  const again = momentOf(inUse.now + restMs);
  return {
    lines: [
      ...(steps.length === 0
        ? ['everything is in Secret Manager already']
        : [`${steps.length} ${steps.length === 1 ? 'step' : 'steps'} ${would}done`]),
      ...lines,
      ...staying,
    ],
    data: {
      steps,
      dryRun: isDryRun,
      credentials: credentials.map((each) => ({
        credential: each.credential,
        left: each.isLeft,
        fields: each.changes,
        putAway: each.tidy?.ripe ?? [],
        usedBy: usersOf(projects, each.credential),
      })),
      staying,
    },
    next: isDryRun
      ? 'the same command without --dry-run.'
      : replaces
        ? `runs that begin now have the new values. \`drover creds push\` puts the old versions away from ${again} on.`
        : '`drover creds ls` shows what is there, and who uses it.',
  };
}

function isChanged({ changes, isLeft }: PlannedCredential): boolean {
  return !isLeft && changes.some(isChange);
}

function isReplaced({ change }: FieldChange): boolean {
  return change !== 'same' && change !== 'new';
}
