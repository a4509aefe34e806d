import { z } from 'zod';
import { field } from '../../shared/projects/schema/field.ts';
import { checked } from '../../shared/projects/schema/values.ts';
import { mostTold } from '../deployment/resource.ts';

/** Ids of projects (Resource Manager docs, "Creating and managing projects"). Those with a domain before them name service accounts otherwise. */
const projectId = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
/** How Google spells regions: `europe-west1`, `northamerica-northeast2`. */
const regionName = /^[a-z]+-[a-z]+\d{1,2}$/;

export function isProjectId(text: string): boolean {
  return projectId.test(text);
}

export function isRegion(text: string): boolean {
  return regionName.test(text);
}

const isAddress = (text: string): boolean => /^[^\s@,]+@[^\s@,]+$/.test(text);

const people = () =>
  z.array(
    checked(z.string(), (address) =>
      isAddress(address) ? undefined : 'expected an e-mail address',
    ),
  );

/** How Cloud Monitoring names its channels. */
const channelName = /^projects\/[a-z0-9-]+\/notificationChannels\/\d+$/;

/** Somebody, or something, that is told of alerts. */
const told = checked(z.string(), (who) =>
  isAddress(who) || channelName.test(who)
    ? undefined
    : 'expected an e-mail address, or projects/<project>/notificationChannels/<number>',
);

/** `drover.toml`: where a project runs in Google Cloud, and who may look after it there. */
export const configurationSchema = z.strictObject({
  project: field(
    checked(z.string(), (id) =>
      isProjectId(id)
        ? undefined
        : 'expected the id of a Google Cloud project, such as acme-drover',
    ),
    {
      description: 'Id of the Google Cloud project',
      otherwise: "`[cloud]` of the environment, then gcloud's own",
    },
  ),
  region: field(
    checked(z.string(), (name) =>
      isRegion(name) ? undefined : 'expected a region, such as europe-west1',
    ),
    {
      description: 'Region of everything that Drover makes',
      otherwise: "`[cloud]` of the environment, then gcloud's own, then `us-central1`",
    },
  ),
  operators: field(people(), {
    description: 'E-mail addresses of those who may look and change things through the control API',
    otherwise:
      'those who are it already; at the first deployment, the account that gcloud is signed in as',
  }),
  viewers: field(people(), {
    description: 'E-mail addresses of those who may look',
    otherwise: 'nobody',
  }),
  control: field(
    checked(z.string(), (address) =>
      isPlainAddress(address) && address.startsWith('https:')
        ? undefined
        : 'expected the address of the control API, such as https://control.example',
    ),
    {
      description:
        'An address of the function `control` beside its own, such as a domain of yours, without user, password and query. Commands that are given it by `--url` show it the key of this project',
      otherwise: 'only the address of the function itself is shown it',
    },
  ),
  alerts: field(
    checked(z.array(told), (all) =>
      all.length > mostTold ? `expected at most ${mostTold} of them` : undefined,
    ),
    {
      description:
        'Who is told when something is wrong: e-mail addresses, and notification channels of Cloud Monitoring by their names. An empty list: nobody, and there are no alert policies',
      otherwise: 'the operators',
    },
  ),
  traces: field(
    checked(z.string(), (address) =>
      isPlainAddress(address)
        ? undefined
        : 'expected the address of an OTLP receiver, such as https://collector.example:4318',
    ),
    {
      description:
        'Where the functions send spans, by OTLP over HTTP in JSON: the address of a receiver, to which `/v1/traces` is added. It may hold no user and no password',
      otherwise: 'nowhere',
    },
  ),
});

/** An address of http or https that can stand in a file which is kept in git. */
function isPlainAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password, search, hash } = new URL(address);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}

export type Configuration = z.infer<typeof configurationSchema>;
