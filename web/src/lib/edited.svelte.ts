// Something with a version that is edited in parts: each part saves alone, against the version last seen.

import { api } from '$lib/api/client';
import { Load, type Act } from '$lib/load.svelte';

export class Edited<T extends { version: number }> extends Load<T> {
  #path: string;

  constructor(path: string) {
    super(() => api.get<T>(path));
    this.#path = path;
  }

  /** Sends the changed members; whether they are stored. A stale edit becomes the act's problem. */
  async save(act: Act, changes: Partial<T>): Promise<boolean> {
    const current = this.data;
    if (!current) return false;
    const done = await act.run(() => api.patch<T>(this.#path, changes, { version: current.version }));
    if (done) this.set(done.data);
    return done !== null;
  }
}
