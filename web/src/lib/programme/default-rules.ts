// Ground rules a new series starts with, so that nobody opens a door without any. They are the house's text from then on.

import type { GroundRules } from '$lib/api/types';

const TEXT: Record<string, string> = {
  vi: 'Phát biểu được ghi âm, ghi hình và công bố, trừ khi người chủ trì thông báo khác.\nHãy nêu họ tên và cơ quan báo chí, đặt một câu hỏi mỗi lượt.\nTắt micrô khi chưa được mời.',
  en: 'Everything said is on the record and published, unless the chair announces otherwise.\nSay your name and outlet, and put one question at a time.\nKeep your microphone off until you are called.',
  fr: 'Tout ce qui est dit est enregistré et publié, sauf annonce contraire de la présidence.\nIndiquez votre nom et votre média, et posez une question à la fois.\nGardez votre micro coupé tant que vous n’êtes pas appelé.'
};

export function defaultRules(languages: readonly string[]): GroundRules {
  const text = Object.fromEntries(languages.map((language) => [language, TEXT[language] ?? TEXT.en ?? '']));
  return { version: 1, text, follow_ups: 1, exchange_seconds: 120 };
}
