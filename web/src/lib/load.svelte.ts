// Asking the server, as states a page can show: `Load` for what is read, `Act` for what is done.

import type { Result } from '$lib/api/client';
import type { Problem } from '$lib/api/problem';
import { session } from '$lib/session.svelte';
import { untrack } from 'svelte';

export type Loaded<T> = { is: 'loading' } | { is: 'ready'; data: T } | { is: 'failed'; problem: Problem };

/** A session that ended elsewhere sends the person to the sign-in page, whatever page noticed it. */
function noticeEnd(problem: Problem) {
  if (problem.slug === 'not-signed-in') session.ended();
}

export class Load<T> {
  now = $state.raw<Loaded<T>>({ is: 'loading' });
  #ask: () => Promise<Result<T>>;
  #run = 0;

  constructor(ask: () => Promise<Result<T>>) {
    this.#ask = ask;
  }

  get data(): T | null {
    return this.now.is === 'ready' ? this.now.data : null;
  }

  /** Asks (again). What is shown stays until the answer is there; an answer overtaken by a later question is dropped. */
  run = async (): Promise<void> => {
    const run = ++this.#run;
    // Asked from an effect, this must not make the effect depend on its own answer.
    if (untrack(() => this.now.is) === 'failed') this.now = { is: 'loading' };
    const result = await this.#ask();
    if (run !== this.#run) return;
    if (result.ok) {
      this.now = { is: 'ready', data: result.data };
    } else {
      noticeEnd(result.problem);
      this.now = { is: 'failed', problem: result.problem };
    }
  };

  /** Shows what an edit has answered, without asking again. */
  set(data: T): void {
    this.#run++;
    this.now = { is: 'ready', data };
  }
}

/** One thing a person does: busy while it runs, then done or a problem to show where it happened. */
export class Act {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** The answer, or `null` when there was a problem or the same act is still under way. */
  async run<T>(act: () => Promise<Result<T>>): Promise<{ data: T } | null> {
    if (this.busy) return null;
    this.busy = true;
    this.problem = null;
    const result = await act();
    this.busy = false;
    if (result.ok) return { data: result.data };
    noticeEnd(result.problem);
    this.problem = result.problem;
    return null;
  }

  reset(): void {
    this.problem = null;
  }
}
