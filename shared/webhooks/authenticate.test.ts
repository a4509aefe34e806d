import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { sourceOf } from '../../test/webhooks.ts';
import { senderOf } from '../../test/wire/senders.ts';
import { createWorld } from '../../test/world.ts';
import { keepCredential } from '../credentials/home.ts';
import { answerChallenge } from './answer-challenge.ts';
import { authenticate } from './authenticate.ts';
import { candidatesOf } from './candidates.ts';
import { createSigningSecrets } from './signing-secrets.ts';
import type { WebhookSource } from './trigger.ts';

const body = Buffer.from('{"a":1}');
const ours = senderOf('github').secret('ours');
const theirs = senderOf('github').secret('theirs');

/** Secrets by instance, and what is asked of them. */
async function createGate(stored: { [instance: string]: string }, type = 'github_webhook_secret') {
  const { ports, advance } = await createWorld({ project: projectOf({ dev: {} }) });
  const keep = (instance: string, secret: string, field = 'secret') =>
    keepCredential(ports, { type, instance }, { [field]: Buffer.from(secret) });
  for (const [instance, secret] of Object.entries(stored)) await keep(instance, secret);
  const secrets = createSigningSecrets(ports);
  const ask = async (
    sources: { [name: string]: WebhookSource },
    headers: { readonly [name: string]: string },
    path = 'github',
  ) => {
    const candidates = candidatesOf(sources, path);
    const request = { headers, body };
    const answer = await authenticate(secrets, candidates, request, ports.clock.now());
    return answer && { names: answer.sources.map(({ name }) => name), isSigned: answer.isSigned };
  };
  return { ask, keep, advance, secrets };
}

const github = (secrets: string[], allowUnsigned = false): WebhookSource => ({
  ...sourceOf('github'),
  secrets,
  allowUnsigned,
});
const signed = (by = ours) => by.sign(body, 0);

describe('a request', () => {
  it('is for the source whose secret signed it, and nobody else', async () => {
    const { ask } = await createGate({ a: ours.stored, b: theirs.stored });
    const sources = { first: github(['a']), second: github(['b']) };
    expect(await ask(sources, signed(ours))).toEqual({ names: ['first'], isSigned: true });
    expect(await ask(sources, signed(theirs))).toEqual({ names: ['second'], isSigned: true });
    expect(await ask(sources, signed(theirs), 'first')).toBeUndefined();
    expect(await ask(sources, {})).toBeUndefined();
  });

  it('is for every source whose secret it is, under one name or two', async () => {
    const { ask } = await createGate({ a: ours.stored, same: ours.stored });
    const sources = { first: github(['a']), second: github(['same']), third: github(['a']) };
    expect(await ask(sources, signed())).toEqual({
      names: ['first', 'second', 'third'],
      isSigned: true,
    });
  });

  it('may be signed with any of the secrets of its source, while one takes the place of another', async () => {
    const { ask } = await createGate({ old: theirs.stored, new: ours.stored });
    const sources = { github: github(['old', 'new', 'not-there']) };
    expect(await ask(sources, signed(ours))).toMatchObject({ isSigned: true });
    expect(await ask(sources, signed(theirs))).toMatchObject({ isSigned: true });
    const neither = senderOf('github').secret('neither');
    expect(await ask(sources, signed(neither))).toBeUndefined();
  });

  it('is signed with a rotated secret at once, or after the few seconds that a forgery costs', async () => {
    const { ask, keep, advance } = await createGate({ a: theirs.stored });
    const sources = { github: github(['a']) };
    expect(await ask(sources, signed(theirs))).toBeDefined();
    await keep('a', ours.stored);
    await advance(5_000);
    expect(await ask(sources, signed(ours))).toBeDefined();
    expect(await ask(sources, signed(theirs))).toBeUndefined();
  });

  it('is not taken on a secret that is empty or not there', async () => {
    const { ask, keep } = await createGate({});
    expect(await ask({ github: github(['a']) }, signed())).toBeUndefined();
    await keep('other-field', ours.stored, 'token');
    expect(await ask({ github: github(['other-field']) }, signed())).toBeUndefined();
    expect(await ask({ github: github([]) }, signed())).toBeUndefined();
  });
});

describe('a source that allows unsigned requests', () => {
  const open = github(['a'], true);

  it('takes one without a signature, whatever its name and whether or not a secret is stored', async () => {
    const withSecret = await createGate({ a: ours.stored });
    const without = await createGate({});
    for (const { ask } of [withSecret, without]) {
      expect(await ask({ mine: open }, {}, 'mine')).toEqual({ names: ['mine'], isSigned: false });
      expect(await ask({ mine: open }, {})).toEqual({ names: ['mine'], isSigned: false });
    }
  });

  it('does not take a wrong signature where there is a secret to check it with', async () => {
    const { ask } = await createGate({ a: ours.stored });
    expect(await ask({ github: open }, signed(theirs))).toBeUndefined();
    expect(await ask({ github: open }, signed(ours))).toMatchObject({ isSigned: true });
  });

  it('takes one whose signature nobody can check, as unsigned', async () => {
    const { ask } = await createGate({});
    expect(await ask({ github: open }, signed())).toEqual({ names: ['github'], isSigned: false });
  });

  it('does not take what the secret of another source signed', async () => {
    const { ask } = await createGate({ b: theirs.stored });
    const sources = { open, closed: github(['b']) };
    expect(await ask(sources, signed(theirs))).toEqual({ names: ['closed'], isSigned: true });
    expect(await ask(sources, signed(ours))).toEqual({ names: ['open'], isSigned: false });
  });

  it('opens no other source', async () => {
    const { ask } = await createGate({ b: theirs.stored });
    const sources = { open, closed: github(['b']) };
    expect(await ask(sources, {})).toEqual({ names: ['open'], isSigned: false });
    expect(await ask(sources, {}, 'closed')).toBeUndefined();
  });
});

describe('a source of the type test', () => {
  it('takes whatever comes', async () => {
    const { ask } = await createGate({});
    const sources = { trial: sourceOf('test') };
    expect(await ask(sources, {}, 'trial')).toEqual({ names: ['trial'], isSigned: false });
  });
});

describe('a challenge', () => {
  it('is answered with the secret of the source that it came to', async () => {
    const { keep, secrets } = await createGate({}, 'x_twitter_api');
    await keep('one', 'first secret', 'consumer_secret');
    await keep('two', 'second secret', 'consumer_secret');
    const twitter = (secrets: string[]) => ({ ...sourceOf('twitter'), secrets });
    const sources = { one: twitter(['one']), two: twitter(['not-there', 'two']) };
    const ask = (path: string, crc_token?: string) =>
      answerChallenge(secrets, candidatesOf(sources, path), { crc_token });
    const first = await ask('one', 'token');
    const second = await ask('two', 'token');
    expect(first).toMatchObject({ body: { response_token: expect.stringMatching(/^sha256=/) } });
    expect(second).toMatchObject({ body: { response_token: expect.stringMatching(/^sha256=/) } });
    expect(second).not.toEqual(first);
    expect(await ask('twitter', 'token')).toEqual(first);
    expect(await ask('one')).toBe('failed');
    expect(await ask('one', '{"a":1}')).toBe('failed');
  });

  it('fails without a secret, and is not supported by others', async () => {
    const { secrets } = await createGate({});
    const ask = (type: string) =>
      answerChallenge(secrets, candidatesOf({ it: sourceOf(type) }, 'it'), { crc_token: 'x' });
    expect(await ask('twitter')).toBe('failed');
    expect(await ask('github')).toBe('unsupported');
    expect(await ask('test')).toBe('unsupported');
  });
});
