import type { CredentialField, CredentialType } from './types.ts';

/** A field whose value these variables hold. */
function field(about: string, ...env: string[]): CredentialField {
  return env.length > 0 ? { about, env } : { about };
}

/** What agents work with. Fields and variables are those of Action Llama, whose agents look for them there. */
export const agentTypes: { readonly [type: string]: CredentialType } = {
  github_token: {
    use: 'agent',
    about: 'a GitHub token',
    help: 'github.com/settings/tokens. Give it the repositories and permissions that the agent needs, and no more.',
    fields: { token: field('the token', 'GITHUB_TOKEN', 'GH_TOKEN') },
    setup: 'git_https',
    agentContext:
      '`gh` uses it by itself, and so does `git` with https://github.com. Never write it into a URL, a remote or a file.',
  },
  git_ssh: {
    use: 'agent',
    about: 'an SSH key for git, and who its commits are by',
    help: '`ssh-keygen -t ed25519`; the public half goes to the host as a deploy key, or to the account of a bot.',
    fields: {
      id_rsa: field('the private key, of any kind'),
      username: field('name in commits', 'GIT_AUTHOR_NAME', 'GIT_COMMITTER_NAME'),
      email: field('address in commits', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_EMAIL'),
    },
    setup: 'git_ssh',
    agentContext:
      '`git` uses the key by itself for remotes such as git@github.com:owner/repo, and commits carry its name.',
  },
  sentry_token: {
    use: 'agent',
    about: 'a Sentry token',
    help: 'sentry.io/settings/auth-tokens, or a token of an internal integration.',
    fields: { token: field('the token', 'SENTRY_AUTH_TOKEN') },
    agentContext:
      '`sentry-cli` reads it by itself; elsewhere it is the bearer token of https://sentry.io/api/0/.',
  },
  linear_token: {
    use: 'agent',
    about: 'a Linear API key',
    help: 'linear.app, Settings, Security & access: a personal API key.',
    fields: { token: field('the key', 'LINEAR_API_TOKEN') },
    agentContext:
      'It is the `Authorization` header, without `Bearer`, of https://api.linear.app/graphql.',
  },
  linear_oauth: {
    use: 'agent',
    about: 'a Linear OAuth application and its tokens',
    help: 'linear.app, Settings, API, OAuth applications; the tokens are those of one authorization.',
    fields: {
      client_id: field('id of the application', 'LINEAR_CLIENT_ID'),
      client_secret: field('its secret', 'LINEAR_CLIENT_SECRET'),
      access_token: field('what requests carry', 'LINEAR_ACCESS_TOKEN'),
      refresh_token: field('what buys a new one', 'LINEAR_REFRESH_TOKEN'),
    },
    agentContext:
      'The access token is the bearer token of https://api.linear.app/graphql. A token that you refresh lasts for this run only: nothing is written back.',
  },
  netlify_token: {
    use: 'agent',
    about: 'a Netlify token',
    help: 'app.netlify.com/user/applications: a personal access token.',
    fields: { token: field('the token', 'NETLIFY_AUTH_TOKEN') },
    agentContext:
      'The `netlify` command reads it by itself; elsewhere it is the bearer token of https://api.netlify.com/api/v1/.',
  },
  bugsnag_token: {
    use: 'agent',
    about: 'a Bugsnag token',
    help: 'app.bugsnag.com, Settings, My account: a personal auth token.',
    fields: { token: field('the token', 'BUGSNAG_AUTH_TOKEN') },
    agentContext:
      'It goes as `Authorization: token <value>` to the Data Access API, https://api.bugsnag.com/.',
  },
  mintlify_token: {
    use: 'agent',
    about: 'a Mintlify API key',
    help: 'dashboard.mintlify.com, Settings, API keys: an admin key.',
    fields: { token: field('the key', 'MINTLIFY_API_TOKEN') },
    agentContext: 'It is the bearer token of https://api.mintlify.com/v1/.',
  },
  slack_bot_token: {
    use: 'agent',
    about: 'the token of a Slack bot',
    help: 'api.slack.com/apps, OAuth & Permissions: the bot user’s token, which begins with `xoxb-`.',
    fields: { token: field('the token', 'SLACK_BOT_TOKEN') },
    agentContext: 'It is the bearer token of https://slack.com/api/.',
  },
  discord_bot: {
    use: 'agent',
    about: 'a Discord bot',
    help: 'discord.com/developers/applications; `public_key` also proves interactions of a `discord` source.',
    fields: {
      application_id: field('id of the application', 'DISCORD_APPLICATION_ID'),
      public_key: field('what Discord’s requests are proved with', 'DISCORD_PUBLIC_KEY'),
      bot_token: field('token of the bot', 'DISCORD_BOT_TOKEN'),
    },
    agentContext:
      'The token goes as `Authorization: Bot <value>` to https://discord.com/api/v10/; it posts, and its interactions are answered as its application.',
  },
  reddit_oauth: {
    use: 'agent',
    about: 'a Reddit application and the account it acts as',
    help: 'reddit.com/prefs/apps: an application of the type `script`.',
    fields: {
      client_id: field('id of the application', 'REDDIT_CLIENT_ID'),
      client_secret: field('its secret', 'REDDIT_CLIENT_SECRET'),
      username: field('the account', 'REDDIT_USERNAME'),
      password: field('its password', 'REDDIT_PASSWORD'),
      user_agent: field('how requests name themselves', 'REDDIT_USER_AGENT'),
    },
    agentContext:
      'Id and secret, with account and password, buy a token at https://www.reddit.com/api/v1/access_token for https://oauth.reddit.com/. Send the user agent with every request.',
  },
  x_twitter_api: {
    use: 'agent',
    about: 'keys of an X application',
    help: 'developer.x.com, Keys and tokens; `consumer_secret` also signs the webhooks of a `twitter` source.',
    fields: {
      consumer_key: field('key of the application', 'X_CONSUMER_KEY'),
      consumer_secret: field('its secret', 'X_CONSUMER_SECRET'),
      bearer_token: field('what reads as the application', 'X_BEARER_TOKEN'),
    },
    agentContext: 'The bearer token reads public data at https://api.x.com/2/; it cannot post.',
  },
  x_twitter_user_oauth1: {
    use: 'agent',
    about: 'OAuth 1 tokens of an X account',
    help: 'developer.x.com, Keys and tokens: access token and secret of the account.',
    fields: {
      access_token: field('the token', 'X_ACCESS_TOKEN'),
      access_token_secret: field('its secret', 'X_ACCESS_TOKEN_SECRET'),
    },
    agentContext: 'With the keys of `x_twitter_api` they sign requests that act as the account.',
  },
  x_twitter_user_oauth2: {
    use: 'agent',
    about: 'OAuth 2 tokens of an X account',
    help: 'developer.x.com, User authentication settings; the tokens are those of one authorization with `offline.access`.',
    fields: {
      client_id: field('id of the application', 'X_OAUTH2_CLIENT_ID'),
      client_secret: field('its secret', 'X_OAUTH2_CLIENT_SECRET'),
      access_token: field('what requests carry', 'X_OAUTH2_ACCESS_TOKEN'),
      refresh_token: field('what buys a new one', 'X_OAUTH2_REFRESH_TOKEN'),
    },
    agentContext:
      'The access token is the bearer token of https://api.x.com/2/ and acts as the account. A token that you refresh lasts for this run only: nothing is written back.',
  },
  gcp_service_account: {
    use: 'agent',
    about: 'the key of a Google Cloud service account',
    help: 'console.cloud.google.com/iam-admin/serviceaccounts, Keys, JSON.',
    fields: {
      key_json: {
        about: 'the key file as it was downloaded',
        env: ['GOOGLE_APPLICATION_CREDENTIALS_JSON'],
        path: ['GOOGLE_APPLICATION_CREDENTIALS'],
      },
    },
    agentContext:
      'Google’s client libraries find it by themselves; for `gcloud`: `gcloud auth activate-service-account --key-file "$GOOGLE_APPLICATION_CREDENTIALS"`.',
  },
  vultr_api_key: {
    use: 'agent',
    about: 'a Vultr API key',
    help: 'my.vultr.com/settings/#settingsapi.',
    fields: { api_key: field('the key', 'VULTR_API_KEY') },
    agentContext: 'It is the bearer token of https://api.vultr.com/v2/.',
  },
  hetzner_api_key: {
    use: 'agent',
    about: 'a Hetzner Cloud API token',
    help: 'console.hetzner.cloud, the project, Security, API tokens.',
    fields: { api_key: field('the token', 'HETZNER_API_KEY') },
    agentContext: 'It is the bearer token of https://api.hetzner.cloud/v1/.',
  },
  cloudflare_api_token: {
    use: 'agent',
    about: 'a Cloudflare API token',
    help: 'dash.cloudflare.com/profile/api-tokens.',
    fields: { api_token: field('the token', 'CLOUDFLARE_API_TOKEN') },
    agentContext:
      '`wrangler` reads it by itself; elsewhere it is the bearer token of https://api.cloudflare.com/client/v4/.',
  },
  vps_ssh: {
    use: 'agent',
    about: 'the SSH key of a server',
    help: '`ssh-keygen -t ed25519`; the public half goes into `authorized_keys` of the server.',
    fields: {
      private_key: field('the private half'),
      public_key: field('the public half'),
    },
    agentContext:
      'For `ssh -i`: copy the private half to a file of your own that only you can read, with a line end after it.',
  },
};
