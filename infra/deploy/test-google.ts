import { formatVariable, versionVariable } from '../deployment/version.ts';
import { commandLine } from '../gcloud/command-line.ts';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import { lastOf } from '../last-of.ts';
import type { Place } from '../resources.ts';

interface FakeService {
  revisions: { name: string; createTime: string }[];
  version: string;
  /** Up to which format it reads releases. */
  format: string;
  traffic: { revision: string; percent: number }[];
}

interface FakeBuild {
  id: string;
  /** Whole names of its images, with their tags. */
  made: string[];
  /** The same without repository. */
  names: string[];
  tags: string[];
  status: string;
}

/** Google, as far as a deployment sees it: it does what its commands say, in memory, and remembers what it was told. */
export interface TestGoogle extends Google {
  /** Command lines that change something, in order, as they took effect. */
  effects: string[];
  services: Map<string, FakeService>;
  /** Images in the repository, `<name>:<tag>`. */
  images: Set<string>;
  /** Builds that were submitted. */
  builds: FakeBuild[];
  /** How builds end. */
  ending: string;
  /** What builds write into their logs. */
  log: string[];
  /** Called before and after each change takes effect. */
  onChange: (when: 'before' | 'after', line: string) => void;
}

/** @param place Where the functions are. */
export function testGoogle({ project, region }: Place): TestGoogle {
  const services: TestGoogle['services'] = new Map();
  const images = new Set<string>();
  const builds: FakeBuild[] = [];
  const effects: string[] = [];
  let isLocked = false;

  const deployed = (id: string, args: readonly string[], variables: string): void => {
    const { [versionVariable]: version = '', [formatVariable]: format = '' } = JSON.parse(
      variables,
    ) as { [name: string]: string };
    const service = services.get(id) ?? {
      revisions: [],
      version,
      format,
      traffic: [{ revision: 'LATEST', percent: 100 }],
    };
    const number = String(service.revisions.length + 1).padStart(5, '0');
    service.revisions.push({
      name: `${id}-${number}`,
      createTime: `2026-01-01T00:00:00.${number}Z`,
    });
    Object.assign(service, { version, format });
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

  const submitted = (config: string): object => {
    const { images: made, tags } = JSON.parse(config) as { images: string[]; tags: string[] };
    const names = made.map(lastOf);
    const id = `b${builds.length + 1}`;
    builds.push({ id, made, names, tags, status: 'WORKING' });
    return { id, status: 'QUEUED', logUrl: `https://console.example/${id}` };
  };
  /** A build that is asked for has ended, as {@link TestGoogle.ending} has it. */
  const ended = (build: FakeBuild): object => {
    if (build.status === 'WORKING') build.status = google.ending;
    const { id, status, names, made } = build;
    if (status === 'SUCCESS') for (const name of names) images.add(name);
    const results = { images: made.map((name) => ({ name, digest: digestOf(lastOf(name)) })) };
    return { id, status, logUrl: `https://console.example/${id}`, results };
  };

  const google: TestGoogle = {
    effects,
    services,
    images,
    builds,
    ending: 'SUCCESS',
    log: ['Step #0 - "base": Successfully built'],
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
      let answer: unknown;
      const id = args[args[0] === 'run' ? 3 : 2] ?? '';
      if (line.startsWith('functions deploy '))
        deployed(id, args, files['--env-vars-file'] ?? '{}');
      else if (line.startsWith('run services update-traffic ')) {
        shared(id, args, () => refused('not_found'));
      } else if (line.startsWith('builds submit ')) answer = submitted(files.config ?? '');
      else if (line.startsWith('artifacts docker images delete ')) {
        const there = [...images].find((name) => args[4]?.endsWith(`/${uriOf(name)}`));
        if (there === undefined) throw refused('not_found');
        images.delete(there);
      } else throw new Error(`no such command: ${line}`);
      effects.push(line);
      google.onChange('after', line);
      return answer;
    },
    api: async (method, url) => {
      const path = `${method} ${url.replace(/^https:\/\//, '')}`;
      if (path === 'POST logging.googleapis.com/v2/entries:list') {
        const timestamp = '2026-01-01T00:00:00Z';
        return {
          entries: google.log.map((textPayload, at) => ({
            insertId: `${at}`,
            timestamp,
            textPayload,
          })),
        };
      }
      const [, asked, verb] =
        /^\w+ cloudbuild\..*\/builds(?:\/(\w+)(:cancel)?|\?filter=.*)$/.exec(path) ?? [];
      const build = builds.find(({ id }) => id === asked);
      if (build && verb) {
        build.status = 'CANCELLED';
        return {};
      }
      if (build) return ended(build);
      if (path.includes('/builds?filter=')) {
        return {
          builds: builds.filter(
            ({ status, tags }) => status === 'WORKING' && tags.some((tag) => url.includes(tag)),
          ),
        };
      }
      const run = `GET run.googleapis.com/v2/projects/${project}/locations/${region}/services`;
      if (path === run) return { services: [...services].map(([id, each]) => service(id, each)) };
      const id = /^\/([\w-]+)\/revisions$/.exec(path.slice(run.length))?.[1];
      if (path.startsWith(run) && id !== undefined) {
        const { revisions = [] } = services.get(id) ?? {};
        return {
          revisions: revisions.map(({ name, createTime }) => ({ name: `x/${name}`, createTime })),
        };
      }
      if (path.includes('/repositories/drover/dockerImages')) {
        return {
          dockerImages: [...images].map((name, at) => ({
            uri: `${region}-docker.pkg.dev/${project}/drover/${uriOf(name)}`,
            tags: [name.slice(name.indexOf(':') + 1)],
            imageSizeBytes: '100000000',
            uploadTime: `2026-01-01T00:00:${String(at).padStart(2, '0')}Z`,
          })),
        };
      }
      const pinned = /repositories\/drover\/packages\/([\w-]+)\/versions\/(sha256:\w+)$/.exec(path);
      if (pinned && [...images].some((name) => uriOf(name) === `${pinned[1]}@${pinned[2]}`)) {
        return { name: path };
      }
      const image = /repositories\/drover\/packages\/([\w-]+)\/tags\/(\w+)$/.exec(path);
      if (image && images.has(`${image[1]}:${image[2]}`)) {
        return { version: `x/versions/${digestOf(`${image[1]}:${image[2]}`)}` };
      }
      throw new GoogleRefusal('not_found', 'not found', {
        command: commandLine({ tool: 'api', method, url }),
      });
    },
  };
  return google;
}

/** The digest of an image, by its name with its tag. */
function digestOf(name: string): string {
  return `sha256:${name.slice(name.indexOf(':') + 1).padEnd(64, '0')}`;
}

/** An image by its digest, of its name with its tag. */
function uriOf(name: string): string {
  return `${name.slice(0, name.indexOf(':'))}@${digestOf(name)}`;
}

function service(id: string, { revisions, version, format, traffic }: FakeService) {
  const latest = `x/revisions/${revisions.at(-1)?.name}`;
  return {
    name: `x/services/${id}`,
    latestReadyRevision: latest,
    latestCreatedRevision: latest,
    template: {
      containers: [
        {
          env: [
            { name: versionVariable, value: version },
            { name: formatVariable, value: format },
          ],
        },
      ],
    },
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
