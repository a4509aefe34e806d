import { homeSecretId } from '../../shared/credentials/home.ts';
import { parseReference } from '../../shared/credentials/reference.ts';
import type { Context } from '../cli/context.ts';
import { type TestBench, testBench } from '../deploy/test-bench.ts';
import { resourcesOf } from '../deployment/list.ts';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import { type PublishedProject, publishProject } from './publish.ts';
import { type RolledBack, rollBackProject } from './roll-back.ts';
import type { PublishWorking } from './working.ts';

/** A project that is deployed, in a Google in memory, with somebody at a terminal. */
export interface PublishBench extends TestBench {
  /** Questions that were asked, in order. */
  questions: string[];
  /** Everything that provisioning asked of gcloud that changes something. */
  placed: string[];
  publish(working?: Partial<PublishWorking>): Promise<PublishedProject>;
  rollBack(wanted?: string, working?: Partial<PublishWorking>): Promise<RolledBack>;
  /** Lines that were shown. */
  shown(): string[];
  /** Has every credential of the project's lists in Secret Manager be there, or not any more. */
  vanish(reference: string): Promise<void>;
}

const changing = /\b(create|add-iam-policy-binding|set-iam-policy|enable)\b/;

/** A bench whose project is deployed already, so that only what changes is left to do. */
export async function deployedBench(
  files?: { readonly [path: string]: string },
  account = 'ada@example.com',
): Promise<PublishBench> {
  const bench = testBench(files);
  await bench.deploy();
  bench.events.length = 0;
  const questions: string[] = [];
  const placed: string[] = [];
  const google = provisioning(bench, placed);
  const context = (): Context => ({ ...bench.context(), google, account });
  const working = (given: Partial<PublishWorking> = {}): PublishWorking => ({
    clock: bench.clock,
    isAlive: () => true,
    isDryRun: false,
    why: '',
    agree: async (question) => {
      questions.push(question);
    },
    ports: { documents: bench.documents, secrets: bench.secrets },
    ...given,
  });
  return {
    ...bench,
    questions,
    placed,
    publish: (given) => publishProject(context(), working(given)),
    rollBack: (wanted, given) => rollBackProject(context(), wanted, working(given)),
    shown: () => bench.events.flatMap((event) => (event.kind === 'line' ? event.text : [])),
    vanish: async (reference) => {
      const parsed = parseReference(reference);
      if (parsed) await bench.secrets.delete(homeSecretId(parsed));
    },
  };
}

/** The bench's Google, which also answers what provisioning asks: all services are on, and nothing else is there. */
function provisioning({ google, versions, context }: TestBench, placed: string[]): Google {
  const services = resourcesOf(context().deployment).flatMap((resource) =>
    resource.kind === 'api' ? { config: { name: resource.id } } : [],
  );
  const isTheirs = /^(builds|functions deploy|run services|secrets \w+ drover-lock)/;
  return {
    gcloud: async (args, options) => {
      const line = args.join(' ');
      if (isTheirs.test(line)) return google.gcloud(args, options);
      if (changing.test(line)) {
        google.onChange('before', line);
        placed.push(line);
      }
      if (line.startsWith('services list')) return services;
      if (line.startsWith('billing projects describe')) return { billingEnabled: true };
      return [];
    },
    api: async (method, url, body) => {
      const id = /secrets\/([\w-]+)\/versions\?/.exec(url)?.[1];
      if (method === 'GET' && id !== undefined) {
        const found = await versions.list(id);
        return {
          versions: found.map(({ number, state }) => ({ name: `x/versions/${number}`, state })),
        };
      }
      if (url.endsWith(':testIamPermissions')) {
        throw new GoogleRefusal('permission_denied', 'may not be asked', { command: url });
      }
      return google.api(method, url, body);
    },
  };
}
