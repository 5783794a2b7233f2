// Why the desk refused, in the reader's language: the most exact sentence there is.

import type { Problem } from '$lib/api/problem';
import { i18n, t } from '$lib/i18n';
import { nextStep, sentence } from '$lib/ui';

export function deskRefusal(problem: Problem): string {
  const codes = [
    ...problem.errors.map((error) => error.code),
    problem.extra.code,
    problem.extra.refused,
    problem.slug
  ];
  for (const code of codes) {
    const key = `transcript.refused.${String(code).replaceAll('-', '_')}`;
    if (i18n.has(key)) return t(key);
  }
  return `${sentence(problem)} ${nextStep(problem)}`;
}
