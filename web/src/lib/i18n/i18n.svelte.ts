// The language of the interface: chosen once, kept on this device, loaded as one catalogue. Components ask `t(key)`;
// a sentence never stands in a component (a test reads every component and says so).

import type { Catalogue, Key } from './en';
import { choose, fill, isLanguage, readText, type Blanks, type Language } from './message';

const KEPT = 'rostrum.language';

const catalogues: Record<Language, () => Promise<{ default: Catalogue }>> = {
  vi: () => import('./vi'),
  en: () => import('./en'),
  fr: () => import('./fr')
};

class I18n {
  language = $state<Language>('en');
  #messages = $state.raw<Catalogue | null>(null);

  /** Loads the kept language, or the first of the browser's that we speak. Safe to call again. */
  async start(): Promise<void> {
    if (this.#messages) return;
    await this.use(this.#kept() ?? choose(navigator.languages));
  }

  /** Switches the language; the page changes at once and the choice is kept. */
  async use(language: Language, keep = false): Promise<void> {
    const { default: messages } = await catalogues[language]();
    this.#messages = messages;
    this.language = language;
    document.documentElement.lang = language;
    if (keep) this.#keep(language);
  }

  /** Takes over the language a person has chosen in their account, unless this device has a choice of its own. */
  async suggest(language: string): Promise<void> {
    if (!this.#kept() && isLanguage(language) && language !== this.language) await this.use(language);
  }

  t = (key: Key, blanks?: Blanks): string => {
    const message = this.#messages?.[key];
    return message === undefined ? key : fill(message, this.language, blanks);
  };

  /** Whether a key made at run time (a state, a problem's slug) has a sentence. */
  has(key: string): key is Key {
    return this.#messages !== null && Object.hasOwn(this.#messages, key);
  }

  /** A text the house wrote per language. */
  text = (text: Record<string, string> | null | undefined): string => readText(text, this.language);

  #kept(): Language | null {
    try {
      const kept = localStorage.getItem(KEPT);
      return isLanguage(kept) ? kept : null;
    } catch {
      return null; // storage is forbidden: the browser's language will do
    }
  }

  #keep(language: Language) {
    try {
      localStorage.setItem(KEPT, language);
    } catch {
      // storage is forbidden: the choice holds until the page is left
    }
  }
}

export const i18n = new I18n();
export const t = i18n.t;
