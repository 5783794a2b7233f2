export { i18n, t } from './i18n.svelte';
export { LANGUAGES, isLanguage, type Blanks, type Language, type Message } from './message';
export type { Key } from './en';
