import { costTables } from './tables.ts';

const marked = /<!-- generated: costs ([a-z]+) -->\n[\s\S]*?<!-- end -->/g;

/** `page` with the tables between its markers, `<!-- generated: costs runs -->` to `<!-- end -->`, made anew. */
export async function withCosts(page: string): Promise<string> {
  const tables = await costTables();
  return page.replaceAll(marked, (_, name: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`no table of costs is called ${name}`);
    return `<!-- generated: costs ${name} -->\n${table}\n<!-- end -->`;
  });
}
