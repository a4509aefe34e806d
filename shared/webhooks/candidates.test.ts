import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../test/webhooks.ts';
import { candidatesOf } from './candidates.ts';

const github = sourceOf('github');
const namesFor = (sources: Parameters<typeof candidatesOf>[0], name: string): string[] =>
  candidatesOf(sources, name).map((candidate) => candidate.name);

describe('the sources that a request may be for', () => {
  it('are the one that its URL names', () => {
    const sources = { mine: github, yours: github, github: sourceOf('github') };
    expect(namesFor(sources, 'yours')).toEqual(['yours']);
  });

  it('are all of a type, when the URL names that: the one of that name first', () => {
    const sources = { a: github, other: sourceOf('slack'), github, b: github };
    expect(namesFor(sources, 'github')).toEqual(['github', 'a', 'b']);
    expect(namesFor({ a: github, b: github }, 'github')).toEqual(['a', 'b']);
  });

  it('are only the one named like a type that it is not of', () => {
    expect(namesFor({ github: sourceOf('generic'), a: github }, 'github')).toEqual(['github']);
  });

  it.each(['gitlab', 'slack', '__proto__', 'constructor', ''])('are none for %j', (name) => {
    expect(namesFor({ a: github, old: sourceOf('gitlab') }, name)).toEqual([]);
  });

  it('are none for one whose type nobody knows', () => {
    expect(namesFor({ old: sourceOf('gitlab') }, 'old')).toEqual([]);
  });
});
