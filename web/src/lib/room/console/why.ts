/** Why somebody stands where they stand, as one sentence in the reader's language. */
import { i18n, t } from '$lib/i18n';
import type { Placement, Question } from '$lib/signal/messages.gen';
import { languageName } from '../languages';

export function whyText(place: Placement, question: Question): string {
  const why = place.why;
  if (why.because === 'placed') return t('why.placed', { reason: place.reason ?? '' });
  if (why.because !== 'rule') return t(`why.${why.because}`);
  const n = place.had.find((had) => had.of === why.by)?.much ?? 0;
  return t(`why.rule.${why.by}`, {
    n,
    outlet: question.card.outlet ?? t('why.no_outlet'),
    country: countryName(question.card.country),
    language: languageName(question.language, i18n.language)
  });
}

function countryName(code: string | null): string {
  if (!code) return '';
  try {
    return new Intl.DisplayNames([i18n.language], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}
