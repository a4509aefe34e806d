import { dryRun } from './dry-run.ts';
import { readOptions, usage } from './options.ts';

const print = (lines: readonly string[]): void =>
  void process.stdout.write(lines.map((line) => `${line}\n`).join(''));
const complain = (lines: readonly string[]): void => {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  process.exitCode = 2;
};

/** npm runs a script in the package's directory; where the person is, it says beside. */
const { npm_lifecycle_event: script, INIT_CWD: initial } = process.env;
const from = script === 'dry-run' && initial ? initial : process.cwd();

const options = readOptions(process.argv.slice(2), from);
if (options === 'help') print([usage]);
else if ('wrong' in options) complain([options.wrong, '', usage]);
else {
  const result = await dryRun(options, Date.now());
  if (result.exitCode === 2) complain(result.wrong);
  else {
    print(result.lines);
    process.exitCode = result.exitCode;
  }
}
