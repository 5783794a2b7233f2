// The form of a message and how its blanks are filled. Pure: no state, no browser.

/** A sentence with `{blanks}`; where the number `{n}` changes the words, one form per plural category. */
export type Message = string | { one: string; other: string };

export type Blanks = Record<string, string | number>;

export const LANGUAGES = ['vi', 'en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.includes(value as Language);
}

/** The sentence for `language`, with its blanks filled; a blank nobody fills stays visible. */
export function fill(message: Message, language: Language, blanks: Blanks = {}): string {
  const n = blanks.n;
  const sentence =
    typeof message === 'string'
      ? message
      : typeof n === 'number' && new Intl.PluralRules(language).select(n) === 'one'
        ? message.one
        : message.other;
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = blanks[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value;
  });
}

/** The first of the reader's languages that we speak, else English. */
export function choose(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0];
    if (isLanguage(base)) return base;
  }
  return 'en';
}

/** A text the house wrote per language, read in `language`, else in English, else in the first there is. */
export function readText(text: Record<string, string> | null | undefined, language: string): string {
  if (!text) return '';
  return text[language] || text.en || Object.values(text).find((value) => value !== '') || '';
}
