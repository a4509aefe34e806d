/** What a terminal acts on instead of showing it: words of others must not tell it what to do. */
const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** A text on one line, with nothing in it that a terminal would act on. */
export function visible(text: string): string {
  return text.replace(control, ' ');
}
