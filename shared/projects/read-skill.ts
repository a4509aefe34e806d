import { check } from './check.ts';
import {
  type Located,
  type LocatedTable,
  type Report,
  reporter,
  valueAt,
  without,
} from './located.ts';
import type { Problem } from './problem.ts';
import { readFrontMatter } from './read-front-matter.ts';
import { agentSchema } from './schema/agent-schema.ts';
import { frontMatterSchema } from './schema/front-matter-schema.ts';

/** Fields of an agent that Action Llama 0.14 to 0.18 had in SKILL.md, at the top or under `metadata`. */
const formerly = [
  'schedule',
  'webhooks',
  'credentials',
  'models',
  'model',
  'params',
  'hooks',
  'scale',
  'timeout',
  'maxWorkQueueSize',
  'runtime',
  'source',
];

/** What SKILL.md says. */
export interface Skill {
  skill: string;
  description: string;
  /** Fields that belong into the agent's config.toml, by their names there. */
  former: LocatedTable;
}

/**
 * Reads the instructions of an agent and their front matter.
 *
 * @param config The agent's config.toml, which goes before what SKILL.md says of the same.
 */
export function readSkill(
  file: string,
  text: string,
  config: Located,
  problems: Problem[],
  warnings: Problem[],
): Skill {
  const { skill, matter } = readFrontMatter(file, text, problems);
  const report = reporter(matter, problems);
  const warn = reporter(matter, warnings);
  const former: LocatedTable = new Map();
  const metadata = valueAt(matter, ['metadata']);
  if (metadata && !(metadata.content instanceof Map)) {
    report(['metadata'], 'expected a table');
  }
  if (metadata?.content instanceof Map) {
    takeFormer(metadata.content, ['metadata'], { config, former, report, warn });
    for (const key of metadata.content.keys()) {
      if (!formerly.includes(key)) report(['metadata', key], whereItBelongs(key, config.file));
    }
  }
  if (matter.content instanceof Map)
    takeFormer(matter.content, [], { config, former, report, warn });
  const own = without(matter, [...formerly, 'metadata']);
  const checked = check(own, frontMatterSchema, (path, message) => {
    const [key = ''] = path.map(String);
    report(
      path,
      Object.hasOwn(agentSchema.shape, key) ? whereItBelongs(key, config.file) : message,
    );
  });
  return { skill, description: checked?.description ?? '', former };
}

function whereItBelongs(key: string, file: string): string {
  return Object.hasOwn(agentSchema.shape, key)
    ? `belongs into ${file}`
    : `unknown field; settings of the agent belong into ${file}`;
}

interface Taking {
  config: Located;
  former: LocatedTable;
  report: Report;
  warn: Report;
}

function takeFormer(
  table: LocatedTable,
  above: readonly string[],
  { config, former, report, warn }: Taking,
): void {
  for (const [key, value] of table) {
    if (!formerly.includes(key)) continue;
    const name = key === 'model' ? 'models' : key;
    if (valueAt(config, [name]) || former.has(name)) {
      const where = former.has(name) ? 'this file says it twice' : `${config.file} says it`;
      warn([...above, key], `not read: ${where}`);
    } else if (name === 'models' && value.content instanceof Map) {
      report(
        [...above, key],
        'found a table; describe it under [models] of the project and name it',
      );
    } else {
      const isOne = name === 'models' && typeof value.content === 'string';
      former.set(name, isOne ? { ...value, content: [value] } : value);
      warn([...above, key], `an old place: write it into ${config.file}`);
    }
  }
}
