import { versionVariable } from '../deployment/version.ts';
import { commandLine } from '../gcloud/command-line.ts';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import type { Place } from '../resources.ts';

interface FakeService {
  revisions: { name: string; createTime: string }[];
  version: string;
  traffic: { revision: string; percent: number }[];
}

/** Google, as far as a deployment sees it: it does what its commands say, in memory, and remembers what it was told. */
export interface TestGoogle extends Google {
  /** Command lines that change something, in order, as they took effect. */
  effects: string[];
  services: Map<string, FakeService>;
  /** Images in the repository, `<name>:<tag>`. */
  images: Set<string>;
  /** Called before and after each change takes effect. */
  onChange: (when: 'before' | 'after', line: string) => void;
}

/** @param place Where the functions are. */
export function testGoogle({ project, region }: Place): TestGoogle {
  const services: TestGoogle['services'] = new Map();
  const images = new Set<string>();
  const effects: string[] = [];
  let isLocked = false;

  const deployed = (id: string, args: readonly string[], variables: string): void => {
    const { [versionVariable]: version = '' } = JSON.parse(variables) as { [name: string]: string };
    const service = services.get(id) ?? {
      revisions: [],
      version,
      traffic: [{ revision: 'LATEST', percent: 100 }],
    };
    const number = String(service.revisions.length + 1).padStart(5, '0');
    service.revisions.push({
      name: `${id}-${number}`,
      createTime: `2026-01-01T00:00:00.${number}Z`,
    });
    service.version = version;
    if (args.includes('--serve-all-traffic-latest-revision')) {
      service.traffic = [{ revision: 'LATEST', percent: 100 }];
    }
    services.set(id, service);
  };

  const shared = (id: string, args: readonly string[], refused: () => GoogleRefusal): void => {
    const service = services.get(id);
    if (!service) throw refused();
    const to = flag(args, 'to-revisions');
    service.traffic = (to ?? 'LATEST=100').split(',').map((part) => {
      const [revision = '', percent] = part.split('=');
      if (revision !== 'LATEST' && !service.revisions.some(({ name }) => name === revision)) {
        throw refused();
      }
      return { revision, percent: Number(percent) };
    });
  };

  const builtImage = (config: string): void => {
    const { images: made } = JSON.parse(config) as { images: string[] };
    for (const image of made) images.add(image.slice(image.lastIndexOf('/') + 1));
  };

  const google: TestGoogle = {
    effects,
    services,
    images,
    onChange: () => {},
    gcloud: async (args, { files = {} } = {}) => {
      const line = args.join(' ');
      const refused = (code: 'not_found' | 'already_exists'): GoogleRefusal =>
        new GoogleRefusal(code, code, { command: line });
      if (line.startsWith('secrets create drover-lock')) {
        if (isLocked) throw refused('already_exists');
        isLocked = true;
        return undefined;
      }
      if (line === 'secrets describe drover-lock') {
        return { annotations: { host: 'elsewhere', user: 'somebody', pid: '1' } };
      }
      if (line === 'secrets delete drover-lock') {
        isLocked = false;
        return undefined;
      }
      google.onChange('before', line);
      const id = args[args[0] === 'run' ? 3 : 2] ?? '';
      if (line.startsWith('functions deploy '))
        deployed(id, args, files['--env-vars-file'] ?? '{}');
      else if (line.startsWith('run services update-traffic ')) {
        shared(id, args, () => refused('not_found'));
      } else if (line.startsWith('builds submit ')) builtImage(files.config ?? '');
      else throw new Error(`no such command: ${line}`);
      effects.push(line);
      google.onChange('after', line);
      return undefined;
    },
    api: async (method, url) => {
      const path = `${method} ${url.replace(/^https:\/\//, '')}`;
      const run = `GET run.googleapis.com/v2/projects/${project}/locations/${region}/services`;
      if (path === run) return { services: [...services].map(([id, each]) => service(id, each)) };
      const id = /^\/([\w-]+)\/revisions$/.exec(path.slice(run.length))?.[1];
      if (path.startsWith(run) && id !== undefined) {
        const { revisions = [] } = services.get(id) ?? {};
        return {
          revisions: revisions.map(({ name, createTime }) => ({ name: `x/${name}`, createTime })),
        };
      }
      const image = /repositories\/drover\/packages\/([\w-]+)\/tags\/(\w+)$/.exec(path);
      if (image && images.has(`${image[1]}:${image[2]}`)) {
        return { version: `x/versions/sha256:${image[2]?.padEnd(64, '0')}` };
      }
      throw new GoogleRefusal('not_found', 'not found', {
        command: commandLine({ tool: 'api', method, url }),
      });
    },
  };
  return google;
}

function service(id: string, { revisions, version, traffic }: FakeService) {
  const latest = `x/revisions/${revisions.at(-1)?.name}`;
  return {
    name: `x/services/${id}`,
    latestReadyRevision: latest,
    latestCreatedRevision: latest,
    template: { containers: [{ env: [{ name: versionVariable, value: version }] }] },
    traffic: traffic.map(({ revision, percent }) =>
      revision === 'LATEST'
        ? { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent }
        : { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision, percent },
    ),
  };
}

function flag(args: readonly string[], name: string): string | undefined {
  return args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}
