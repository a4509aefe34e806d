import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { editorSchemas, firestoreFiles, imageFiles, pages, withTables } from './generated.ts';
import { monitoringFiles } from './monitoring-files.ts';
import { openApiDocument } from './openapi.ts';
import { printJson } from './print-json.ts';

// Makes the generated parts of docs/ and of the agent image anew. Run it from the repository's root.
const docs = resolve('docs');
const made = Object.entries({
  ...editorSchemas(),
  ...imageFiles(),
  ...firestoreFiles(),
  ...monitoringFiles(),
});
made.push(['openapi.json', printJson(openApiDocument())]);
for (const page of pages) {
  const file = join(docs, page);
  if (existsSync(file)) made.push([page, withTables(readFileSync(file, 'utf8'))]);
}
for (const [path, text] of made) {
  const file = join(docs, path);
  mkdirSync(dirname(file), { recursive: true });
  const isSame = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!isSame) writeFileSync(file, text);
  process.stdout.write(`${isSame ? 'same' : 'written'} ${normalize(`docs/${path}`)}\n`);
}
