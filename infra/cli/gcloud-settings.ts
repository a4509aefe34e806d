import { GcloudMissing } from '../gcloud/google.ts';
import type { RunGcloud } from '../gcloud/process.ts';

/** What the person at this machine has told gcloud already. */
export interface GcloudSettings {
  account: string | undefined;
  project: string | undefined;
  region: string | undefined;
}

const none: GcloudSettings = { account: undefined, project: undefined, region: undefined };

/** Sections of gcloud's configuration that may name a region, the most fitting first. */
const regionSections = ['functions', 'run', 'compute'] as const;

/** Asks gcloud for its settings, which costs no call of Google. Where there is no gcloud, there are none. */
export async function readGcloudSettings(run: RunGcloud): Promise<GcloudSettings> {
  try {
    const { code, stdout } = await run(['config', 'list', '--format=json']);
    return code === 0 ? settingsOf(JSON.parse(stdout)) : none;
  } catch (error) {
    if (error instanceof GcloudMissing || error instanceof SyntaxError) return none;
    throw error;
  }
}

function settingsOf(printed: unknown): GcloudSettings {
  const value = (section: string, name: string): string | undefined => {
    const table = (printed as { [section: string]: { [name: string]: unknown } } | null)?.[section];
    const found = table?.[name];
    return typeof found === 'string' && found !== '' ? found : undefined;
  };
  const regions = regionSections.map((section) => value(section, 'region'));
  return {
    account: value('core', 'account'),
    project: value('core', 'project'),
    region: regions.find((region) => region !== undefined),
  };
}
