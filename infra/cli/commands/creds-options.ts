import type { Command } from 'commander';
import { Option } from 'commander';
import type { ValueSource } from '../../creds/read-value.ts';
import type { CommonOptions } from '../session.ts';

/** Options of the commands that take one value from elsewhere than the directories, as commander reads them. */
export interface OneValue extends ValueSource, CommonOptions {
  now?: boolean;
}

/** Adds the options that say where one value comes from. */
export function addOneValue(command: Command, otherwise: string): void {
  command
    .addOption(
      new Option(
        '--file <path>',
        `the file that holds the value; - is standard input${otherwise}`,
      ).conflicts('generate'),
    )
    .option('--generate', 'make the value up: for keys of the control API and secrets of webhooks')
    .option('--field <name>', 'the field that it is of, where the type has several');
}

/** Adds the option that puts old versions away at once. */
export function addNow(command: Command): void {
  command.option(
    '--now',
    'put the versions before away at once, also where runs have them mounted',
  );
}
