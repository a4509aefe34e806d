import { beforeAll, describe, expect, it } from 'vitest';
import { isOver, readBudget } from '../rows.ts';
import { loadedModules } from './loaded-modules.ts';
import { command, moduleRows } from './start-up.ts';

describe('drover --help', () => {
  let modules: string[] = [];
  beforeAll(() => {
    modules = loadedModules([command, '--help']);
  });

  it("loads none of Google's clients", () => {
    expect(modules).toContain(command);
    const heavy = /\/node_modules\/(@google-cloud|@grpc|google-gax|google-auth-library)\//;
    expect(modules.filter((path) => heavy.test(path))).toEqual([]);
  });

  it('loads no more modules than the budget allows', () => {
    const { bounded } = readBudget();
    const over = moduleRows().filter(({ name, value }) => {
      const known = bounded[name];
      return !known || isOver(known, value);
    });
    expect(over).toEqual([]);
  });
});

describe('the modules that are counted', () => {
  it('are those of the command, not of the Node that runs it', () => {
    expect(loadedModules(['-e', '0'])).toEqual([]);
  });
});
