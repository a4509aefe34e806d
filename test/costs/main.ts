import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { withCosts } from './page.ts';

// Makes the tables of docs/costs.md anew: counts, in a world of its own, what runs ask of Google, and prices it.
const file = join(repositoryRoot(), 'docs', 'costs.md');
const page = readFileSync(file, 'utf8');
const made = await withCosts(page);
if (made !== page) writeFileSync(file, made);
process.stdout.write(`${made === page ? 'same' : 'written'} docs/costs.md\n`);
