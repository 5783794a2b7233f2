// Who is signed in on this device, asked from the server once and kept for all pages.

import { api, type Result } from '$lib/api/client';
import type { Problem } from '$lib/api/problem';
import type { Me, Role } from '$lib/api/types';
import { i18n } from '$lib/i18n';

/** The house's own people, in the order of their work. */
export const STAFF: readonly Role[] = [
  'admin',
  'officer',
  'chair',
  'spokesperson',
  'speaker',
  'captioner',
  'editor',
  'reviewer'
];

type Standing =
  | { is: 'unknown' }
  | { is: 'out' }
  | { is: 'in'; me: Me }
  /** The server could not be asked; not the same as being signed out. */
  | { is: 'lost'; problem: Problem };

class Session {
  standing = $state.raw<Standing>({ is: 'unknown' });
  /** Grows whenever the standing is known anew; an answer asked for before that is too old to count. */
  #turn = 0;

  get me(): Me | null {
    return this.standing.is === 'in' ? this.standing.me : null;
  }

  /** Asks the server, unless it was asked before. */
  async load(again = false): Promise<void> {
    if (!again && (this.standing.is === 'in' || this.standing.is === 'out')) return;
    const turn = ++this.#turn;
    const result = await api.get<Me>('/session');
    if (turn === this.#turn) this.#take(result);
  }

  async signIn(email: string, password: string): Promise<Result<Me>> {
    const result = await api.post<Me>('/session', { email, password });
    if (result.ok) this.welcome(result.data);
    return result;
  }

  async signOut(): Promise<Result<unknown>> {
    const result = await api.delete('/session');
    if (result.ok || result.problem.kind === 'unauthorized') this.ended();
    return result;
  }

  /** A link, a join or the set-up has signed somebody in. */
  welcome(me: Me): void {
    this.#turn += 1;
    this.standing = { is: 'in', me };
    void i18n.suggest(me.person.language);
  }

  /** Some call answered 401: the session has ended somewhere else. */
  ended(): void {
    this.#turn += 1;
    this.standing = { is: 'out' };
  }

  /** Whether the person has one of the roles: anywhere, or for this event (a house or series role counts too). */
  has(...roles: Role[]): boolean {
    return this.me?.roles.some((grant) => roles.includes(grant.role)) ?? false;
  }

  hasFor(event: { id: string; series: string }, ...roles: Role[]): boolean {
    return (
      this.me?.roles.some(
        (grant) =>
          roles.includes(grant.role) &&
          (grant.scope === 'house' || grant.id === event.id || grant.id === event.series)
      ) ?? false
    );
  }

  get isStaff(): boolean {
    return this.has(...STAFF);
  }

  #take(result: Result<Me>): void {
    if (result.ok) this.welcome(result.data);
    else if (result.problem.kind === 'unauthorized') this.standing = { is: 'out' };
    else this.standing = { is: 'lost', problem: result.problem };
  }
}

export const session = new Session();
