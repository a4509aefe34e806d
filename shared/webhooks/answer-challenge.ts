import type { Candidate } from './candidates.ts';
import type { WebhookReply } from './provider.ts';
import type { SigningSecrets } from './signing-secrets.ts';

/**
 * The answer to a challenge by GET: `unsupported` when the provider sends none, `failed` when this is none or there is no
 * secret to answer with. Several apps of one type each have their own URL: the first candidate's secret answers.
 */
export async function answerChallenge(
  secrets: SigningSecrets,
  candidates: readonly Candidate[],
  query: { readonly [name: string]: string | undefined },
): Promise<WebhookReply | 'unsupported' | 'failed'> {
  for (const { source, provider } of candidates) {
    const { secret, challenge } = provider;
    if (secret === null || challenge === undefined) return 'unsupported';
    for (const instance of source.secrets) {
      const replies: WebhookReply[] = [];
      await secrets.check({ type: secret.type, instance }, secret.field, (value) => {
        const reply = challenge(query, value);
        if (reply) replies.push(reply);
        return reply !== undefined;
      });
      const [reply] = replies;
      if (reply) return reply;
    }
  }
  return 'failed';
}
