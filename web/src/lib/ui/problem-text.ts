// A problem in the reader's language: the sentence and the next step.

import type { Problem } from '$lib/api/problem';
import { i18n, t } from '$lib/i18n';

/** The most exact sentence we have: for the document's own type, else for what kind of problem it is. */
export function sentence(problem: Problem): string {
  const exact = `problem.${problem.slug}`;
  return i18n.has(exact) ? t(exact) : t(`problem.${problem.kind}`);
}

/** What the person can do about it. */
export function nextStep(problem: Problem): string {
  if (problem.retryAfter !== null && problem.kind === 'rate_limited') {
    return t('problem.rate_limited.wait', { n: problem.retryAfter });
  }
  const exact = `problem.${problem.slug}.next`;
  return i18n.has(exact) ? t(exact) : t(`problem.${problem.kind}.next`);
}

/** The sentence for one field, if the server marked it. */
export function fieldError(problem: Problem | null, ...names: string[]): string | null {
  const error = problem?.errors.find((candidate) => names.includes(candidate.field));
  if (!error) return null;
  const key = `field.${error.code}`;
  return i18n.has(key) ? t(key) : t('field.invalid');
}
