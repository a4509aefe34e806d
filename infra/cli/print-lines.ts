import { commandLine } from '../gcloud/command-line.ts';
import type { StepState } from './context.ts';
import type { Printer } from './printer.ts';
import { createProgress } from './progress.ts';
import type { Screen, Shell } from './shell.ts';
import { visible } from './visible.ts';

type Colour = 'green' | 'red' | 'yellow' | 'dim' | 'bold';

/** Codes of ANSI terminals. */
const colours: { readonly [colour in Colour]: string } = {
  green: '32',
  red: '31',
  yellow: '33',
  dim: '2',
  bold: '1',
};

const marks: { readonly [state in Exclude<StepState, 'begun'>]: { word: string; colour: Colour } } =
  {
    done: { word: 'done', colour: 'green' },
    same: { word: 'same', colour: 'dim' },
    failed: { word: 'failed', colour: 'red' },
  };

/** For people: a line a step with the time that it took, a mark while a long one lasts, and what to do next at the end. */
export function linePrinter(
  shell: Pick<Shell, 'out' | 'err' | 'environment' | 'elapsed' | 'every'>,
): Printer {
  const { out, err, environment, elapsed } = shell;
  const progress = createProgress(shell);
  const paint = (screen: Screen, colour: Colour, text: string): string =>
    isColoured(screen, environment) ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
  const say = (text: string): void => {
    progress.clear();
    out.write(`${text}\n`);
  };
  const complain = (text: string): void => {
    progress.clear();
    err.write(`${text}\n`);
  };
  const begun = new Map<string, number>();
  let lastTitle: string | undefined;

  return {
    print: (event) => {
      if (event.kind === 'note') {
        complain(`${paint(err, 'yellow', 'note')}  ${visible(event.text)}`);
      } else if (event.kind === 'line') {
        say(visible(event.text));
        progress.show();
      } else if (event.kind === 'log') {
        complain(paint(err, 'dim', visible(`${event.title}: ${event.line}`)));
        progress.show();
      } else if (event.kind === 'command') {
        if (event.title !== lastTitle) say(paint(out, 'dim', `# ${visible(event.title)}`));
        lastTitle = event.title;
        say(commandLine(event.command, event.project));
      } else if (event.state === 'begun') {
        begun.set(event.title, elapsed());
        progress.begin(event.title);
      } else {
        const { title, state, note } = event;
        const took = elapsed() - (begun.get(title) ?? elapsed());
        begun.delete(title);
        progress.end(title);
        const { word, colour } = marks[state];
        const more = note === undefined ? '' : ` (${visible(note)})`;
        say(`${paint(out, colour, word.padEnd(6))} ${seconds(took)}  ${visible(title)}${more}`);
        progress.show();
      }
    },
    result: ({ lines = [], next, raw }) => {
      progress.clear();
      if (raw !== undefined) out.write(raw);
      for (const line of lines) say(visible(line));
      if (next === undefined) return;
      const text = `next: ${visible(next)}`;
      if (raw === undefined) say(paint(out, 'bold', text));
      else complain(text);
    },
    fail: ({ code, message, todo, page, details }) => {
      complain(`${paint(err, 'red', code)}: ${visible(message)}`);
      for (const line of details) complain(`  ${visible(line)}`);
      complain(`What to do: ${visible(todo)}`);
      complain(`More: ${page}`);
    },
  };
}

/** Whether a screen shows colours, and nobody has asked for none (https://no-color.org). */
function isColoured({ isTerminal }: Screen, environment: Shell['environment']): boolean {
  return isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

/** Milliseconds as seconds, in a column. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`.padStart(8);
}
