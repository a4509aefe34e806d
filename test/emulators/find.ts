import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** What Google's emulators need of this machine; or why they cannot run here. */
export type Found = { java: string; jar: string } | { missing: string };

/**
 * Looks for an emulator's jar in the `platform` folder of Google's SDK: `DROVER_EMULATORS_DIR`, or beside the `gcloud`
 * on the PATH (links followed).
 *
 * @param folder The emulator's folder under `platform`.
 * @param name What its jar is called.
 */
export function findEmulator(folder: string, name: RegExp): Found {
  const java = onPath('java');
  if (java === undefined) return { missing: 'no java on the PATH' };
  const platform = platformFolder();
  if (platform === undefined) {
    return { missing: 'no gcloud on the PATH, and DROVER_EMULATORS_DIR is not set' };
  }
  const home = join(platform, folder);
  try {
    const jar = readdirSync(home).find((file) => name.test(file));
    return jar === undefined ? { missing: `no jar in ${home}` } : { java, jar: join(home, jar) };
  } catch {
    return { missing: `no folder ${home}` };
  }
}

function platformFolder(): string | undefined {
  const told = process.env.DROVER_EMULATORS_DIR;
  if (told) return told;
  const gcloud = onPath('gcloud');
  return gcloud && join(dirname(dirname(realpathSync(gcloud))), 'platform');
}

function onPath(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
