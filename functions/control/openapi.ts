import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ControlEnv } from './authenticate.ts';

const bearer = 'bearer';

/** The OpenAPI document of the routes. */
export function documentOf(
  api: Pick<OpenAPIHono<ControlEnv>, 'openAPIRegistry' | 'getOpenAPI31Document'>,
) {
  api.openAPIRegistry.registerComponent('securitySchemes', bearer, {
    type: 'http',
    scheme: 'bearer',
    description:
      'The field key of the credential gateway_api_key:default (operator) or gateway_api_key:viewer, or an identity token of Google whose audience is this function.',
  });
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Drover control API',
      version: '1',
      description:
        'Runs, agents, deliveries and what people may do about them. Every answer is JSON, and every error has the field error.',
    },
    security: [{ [bearer]: [] }],
  });
}
