import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { deploy as deployAll } from '../../deploy/deploy.ts';
import { type SharedFunction, sharedFunctions } from '../../deploy/traffic.ts';
import { provision } from '../../provision/provision.ts';
import { stageUpload, type Upload } from '../../upload/stage.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';
import { findContext } from '../find-context.ts';
import { requireProvisioned } from '../require-provisioned.ts';
import type { Result } from '../result.ts';
import type { CommonOptions, Session } from '../session.ts';
import { settle } from '../settle.ts';
import { afterDeploy, beforeDeploy } from '../subjects.ts';
import { type Turning, turnTraffic } from '../turn-traffic.ts';
import { workingOf } from '../working.ts';

/** Its own options, as commander reads them. */
interface DeployOptions extends CommonOptions {
  traffic?: number;
  promote?: boolean;
  rollback?: boolean;
  function?: SharedFunction[];
}

const named = sharedFunctions.join(' and ');

export const deploy: CliCommand = {
  name: 'deploy',
  summary: 'Deploy the functions and the images of agents, and publish the project',
  about: `It does what is not done yet: credentials of this machine that are missing or changed in Secret Manager, images that were not built from these files, functions that were not deployed from this version of Drover, who may call them, and the release. With --traffic, new versions of ${named} get a share first; --promote then gives them all, and --rollback takes it back.`,
  without: ['yes'],
  define: (command) => {
    command
      .addOption(
        new Option(
          '--traffic <percent>',
          `the share of the traffic that new versions of ${named} begin with, 1 to 99 (default: all)`,
        )
          .argParser(readPercent)
          .conflicts(['promote', 'rollback']),
      )
      .addOption(
        new Option('--promote', `give the newest versions of ${named} all traffic`).conflicts(
          'rollback',
        ),
      )
      .option('--rollback', `give the versions before the newest of ${named} all traffic`)
      .addOption(
        new Option(
          '--function <names...>',
          'the functions that --promote and --rollback are about (default: both)',
        ).choices(sharedFunctions),
      );
  },
  act: async (session, options) => {
    const { promote, rollback }: DeployOptions = options;
    if (promote) return turn(session, options, 'promote');
    if (rollback) return turn(session, options, 'rollback');
    if (options.function !== undefined) {
      throw new Failure(
        'WRONG_COMMAND_LINE',
        '--function goes with --promote and --rollback: all functions are deployed, or none.',
      );
    }
    return deployProject(session, options);
  },
};

async function turn(session: Session, options: DeployOptions, how: Turning): Promise<Result> {
  const context = await findContext(session, options, 'nothing');
  const functions = options.function ?? [...sharedFunctions];
  const working = { ...workingOf(session), isDryRun: options.dryRun ?? false };
  const titles = await turnTraffic(context, how, functions, working);
  const all = `all traffic of ${functions.join(' and ')}`;
  const whither = how === 'promote' ? 'the newest version' : 'the version before the newest';
  return {
    lines: [
      titles.length === 0
        ? `${all} goes to ${whither} already`
        : `${all} ${working.isDryRun ? 'would go' : 'goes'} to ${whither}`,
    ],
    data: { steps: titles, dryRun: working.isDryRun },
    next:
      how === 'promote'
        ? '`drover deploy --rollback`, should it not do well.'
        : '`drover deploy`, once it is mended: new versions get no traffic before that or `--promote`.',
  };
}

async function deployProject(session: Session, options: DeployOptions): Promise<Result> {
  const { traffic: share, dryRun: isDryRun = false } = options;
  const found = await findContext(session, options, 'agents');
  if (!found.isOffline) await requireProvisioned(found.google, found.deployment);
  const { context, needed } = await settle(found);
  const { deployment, isOffline } = context;
  const working = { ...workingOf(session), isDryRun };
  const upload = stage(context.directory, isDryRun);
  // Before its release an agent has its identity, and one that is gone has its own until after it. A dry run tells of both below.
  const adding = { ...working, keepsOld: true };
  const placed =
    isOffline || isDryRun
      ? 0
      : (await provision(context, beforeDeploy(needed.deployment), adding)).steps;
  const deployed = await deployAll(context, { ...working, upload, share });
  const made = await provision(context, afterDeploy(deployment, isOffline), working);
  const steps = placed + deployed.steps.length + made.steps;
  const would = isDryRun ? 'would be ' : '';
  return {
    lines: [
      steps === 0
        ? 'everything is deployed already'
        : `${steps} ${steps === 1 ? 'step' : 'steps'} ${would}done`,
    ],
    data: { steps, deployed: deployed.steps, resources: placed + made.steps, dryRun: isDryRun },
    next: isDryRun
      ? '`drover deploy` does it.'
      : share === undefined
        ? '`drover status` shows how it is doing.'
        : '`drover deploy --promote` gives the new versions all traffic, `drover deploy --rollback` none.',
  };
}

/** Puts what is uploaded for the functions into a directory of the project. A dry run names the same, and leaves it as it is. */
function stage(project: string, isDryRun: boolean): Pick<Upload, 'directory' | 'digest'> {
  const directory = join(project, '.drover', 'functions');
  if (!isDryRun) return stageUpload(directory);
  const scratch = mkdtempSync(join(tmpdir(), 'drover-'));
  try {
    return { directory, digest: stageUpload(scratch).digest };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readPercent(text: string): number {
  const percent = Number(text);
  if (Number.isInteger(percent) && percent >= 1 && percent <= 99) return percent;
  throw new InvalidArgumentError('It is no whole number from 1 to 99.');
}
