import { z } from 'zod';
import { field } from '../../shared/projects/schema/field.ts';
import { checked } from '../../shared/projects/schema/values.ts';

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

const people = () =>
  z.array(
    checked(z.string(), (address) =>
      /^[^\s@,]+@[^\s@,]+$/.test(address) ? undefined : 'expected an e-mail address',
    ),
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
    otherwise: 'the account that gcloud is signed in as',
  }),
  viewers: field(people(), {
    description: 'E-mail addresses of those who may look',
    otherwise: 'nobody',
  }),
});

export type Configuration = z.infer<typeof configurationSchema>;
