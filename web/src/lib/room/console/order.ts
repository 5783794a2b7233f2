/** Places in the call list, as the room's `List { before }` wants them. Pure. */
import type { QuestionId } from '$lib/signal/messages.gen';

/** Before whom a question must be listed to stand `steps` further back (or forward); `undefined` when it cannot move. */
export function moved(
  line: readonly QuestionId[],
  question: QuestionId,
  steps: number
): QuestionId | null | undefined {
  const from = line.indexOf(question);
  const to = from + steps;
  if (from < 0 || steps === 0 || to < 0 || to >= line.length) return undefined;
  return placed(line, question, steps > 0 ? to + 1 : to);
}

/** Before whom it must be listed when it is dropped in the gap before the entry at `gap` of the line as shown. */
export function placed(line: readonly QuestionId[], question: QuestionId, gap: number): QuestionId | null {
  return line.slice(gap).find((other) => other !== question) ?? null;
}
