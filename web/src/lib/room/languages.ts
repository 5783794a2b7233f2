/** Languages a question may be asked in: the house's own first, then the working languages of a press corps. */
import { LANGUAGES } from '$lib/i18n';

const OTHERS = ['ar', 'de', 'es', 'id', 'ja', 'km', 'ko', 'lo', 'pt', 'ru', 'th', 'zh'];

export function askLanguages(reader: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames([reader], { type: 'language' });
  return [...LANGUAGES, ...OTHERS].map((value) => ({
    value,
    label: capital(names.of(value) ?? value, reader)
  }));
}

export function languageName(tag: string, reader: string): string {
  try {
    return new Intl.DisplayNames([reader], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag; // not a language tag: shown as it came
  }
}

function capital(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
