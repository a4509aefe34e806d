import { z } from 'zod';
import { field, required } from './field.ts';
import { projectSchema } from './project-schema.ts';
import { name } from './values.ts';

/** What an environment may be called; it becomes a file name. */
export const environmentName = z.string().regex(/^[a-z0-9-]{1,50}$/);

/** `.env.toml` of the project: not in git, laid over config.toml. */
export const dotEnvSchema = projectSchema.extend({
  environment: field(environmentName, {
    description: 'The environment to use where neither `AL_ENV` nor an option names one',
    otherwise: 'none',
    expects: 'a name of lower-case letters, digits and -, at most 50',
  }),
});

/** `[cloud]`: where the project is deployed. */
export const cloudSchema = z.strictObject({
  provider: field(z.enum(['cloud-run']), {
    description: 'Where agents run',
    default: 'cloud-run',
  }),
  project: required(name, { description: 'Id of the Google Cloud project' }),
  region: required(name, { description: 'Region, such as `europe-west1`' }),
  artifactRegistry: field(name, { description: 'Repository of images in Artifact Registry' }),
  artifact_registry: field(name, { description: 'The same, as Action Llama’s documents spell it' }),
  serviceAccount: field(name, { description: 'Service account that agents run as' }),
  service_account: field(name, { description: 'The same, as Action Llama’s documents spell it' }),
});

/** `~/.action-llama/environments/<name>.toml`: of one machine, laid over both. */
export const environmentSchema = projectSchema.extend({
  cloud: field(cloudSchema, { description: 'Where in Google Cloud this environment stands' }),
  server: field(z.record(name, z.unknown()), {
    description: 'The machine that Action Llama runs on (`host`, `user`, `port`, `keyPath`, …)',
    unused: 'Drover runs in Google Cloud, on no server',
    expects: 'a table',
  }),
});
