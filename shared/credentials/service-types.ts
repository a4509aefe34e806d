import type { CredentialType } from './types.ts';

type Types = { readonly [type: string]: CredentialType };

/** The key of a provider of models: no variable, the coding agent alone is given it. */
function modelKey(whose: string, help: string): CredentialType {
  return {
    use: 'model',
    about: `the key of ${whose} models`,
    help,
    fields: { token: { about: 'the key' } },
  };
}

/** What a sender signs its webhooks with: only the function that checks them has it. */
function signingSecret(sender: string, help: string): CredentialType {
  return {
    use: 'webhook',
    about: `signs the webhooks of ${sender}`,
    help,
    fields: { secret: { about: 'the secret' } },
  };
}

/** `<provider>_key` for each provider of models. */
export const modelTypes: Types = {
  anthropic_key: modelKey(
    'Anthropic’s',
    'console.anthropic.com/settings/keys; it begins with `sk-ant-`. For `authType = "oauth_token"`: what `claude setup-token` prints.',
  ),
  openai_key: modelKey('OpenAI’s', 'platform.openai.com/api-keys; it begins with `sk-`.'),
  groq_key: modelKey('Groq’s', 'console.groq.com/keys; it begins with `gsk_`.'),
  google_key: modelKey('Google AI’s', 'aistudio.google.com/apikey.'),
  xai_key: modelKey('xAI’s', 'console.x.ai; it begins with `xai-`.'),
  mistral_key: modelKey('Mistral’s', 'console.mistral.ai/api-keys.'),
  openrouter_key: modelKey('OpenRouter’s', 'openrouter.ai/settings/keys; it begins with `sk-or-`.'),
  custom_key: modelKey(
    'a `custom` provider’s',
    'From whoever runs the endpoint; any text where it wants none.',
  ),
};

/** Secrets that sign webhooks. Those of `discord` and `twitter` stand in credentials that agents use as well. */
export const webhookTypes: Types = {
  github_webhook_secret: signingSecret(
    'GitHub',
    'Make one up (`openssl rand -hex 32`), and enter it in the webhook’s settings.',
  ),
  linear_webhook_secret: signingSecret('Linear', 'Linear shows it with the webhook.'),
  mintlify_webhook_secret: signingSecret('Mintlify', 'Mintlify’s dashboard, with the webhook.'),
  sentry_client_secret: signingSecret(
    'Sentry',
    'Sentry, Settings, Custom Integrations: the client secret of the integration.',
  ),
  slack_signing_secret: signingSecret(
    'Slack',
    'api.slack.com/apps, Basic Information: the signing secret of the app.',
  ),
  generic_webhook_secret: signingSecret(
    'a `generic` source',
    'Make one up (`openssl rand -hex 32`), and enter it at the sender.',
  ),
};

/** What opens the control API. */
export const controlTypes: Types = {
  gateway_api_key: {
    use: 'control',
    about: 'opens the control API',
    help: 'Make one up (`openssl rand -hex 32`). The instance `default` may change things, `viewer` may look.',
    fields: { key: { about: 'the key' } },
  },
};

/** Where people are told of failures and budgets. */
export const notificationTypes: Types = {
  slack_webhook: {
    use: 'notification',
    about: 'where failures and budgets are told',
    help: 'api.slack.com/apps, Incoming Webhooks, or another receiver of Slack’s format. Whoever has the address can write there.',
    fields: { url: { about: 'the address' } },
  },
};
