import { readOptions, usage } from './options.ts';
import { start } from './start.ts';
import { createStopper } from './stop.ts';

const print = (line = ''): void => void process.stdout.write(`${line}\n`);

/** npm runs a script in the package's directory; where the person is, it says beside. */
const { npm_lifecycle_event: script, INIT_CWD: initial } = process.env;
const from = script === 'start' && initial ? initial : process.cwd();

const options = readOptions(process.argv.slice(2), from);
if (options === 'help') print(usage);
else if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n\n${usage}\n`);
  process.exitCode = 2;
} else {
  const stopper = createStopper();
  const started = await start(options, from, stopper, print);
  if (!started.ok) {
    process.stderr.write(`${started.why}\n`);
    stopper.stop(1);
  }
}
