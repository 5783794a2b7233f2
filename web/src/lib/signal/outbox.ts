/**
 * Commands on their way. Each keeps its client-made id until the server's outcome is in, so that sending it again after
 * a drop or a reload is harmless: nothing is lost and nothing is done twice.
 *
 * Questions (`submit`) also survive a reload of the page; other commands would surprise whoever comes back later.
 */
import type { Command, QuestionId, Refusal } from './messages.gen';

export interface CommandOutcome {
  refused: Refusal | null;
  question: QuestionId | null;
}

export interface Pending {
  readonly id: string;
  readonly command: Command;
  /** Handed to an open connection at least once. */
  sent: boolean;
}

/** The part of `Storage` that is used; `sessionStorage` in the browser. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export class Outbox {
  private readonly waiting = new Map<string, Pending>();
  private readonly settle = new Map<string, (outcome: CommandOutcome) => void>();

  constructor(
    private readonly key: string,
    private readonly shelf: Shelf | null,
    private readonly changed: (pending: Pending[]) => void
  ) {
    for (const { id, command } of this.read()) this.waiting.set(id, { id, command, sent: false });
  }

  /** In the order given. Copies: whoever shows them sees that one has changed. */
  all(): Pending[] {
    return [...this.waiting.values()].map((pending) => ({ ...pending }));
  }

  add(id: string, command: Command): Promise<CommandOutcome> {
    this.waiting.set(id, { id, command, sent: false });
    this.note();
    return new Promise((resolve) => this.settle.set(id, resolve));
  }

  markSent(id: string) {
    const pending = this.waiting.get(id);
    if (pending && !pending.sent) {
      pending.sent = true;
      this.note();
    }
  }

  /** After a drop nobody knows whether they arrived: they count as unsent until sent again. */
  markAllUnsent() {
    for (const pending of this.waiting.values()) pending.sent = false;
    this.note();
  }

  /** The outcome is in. A second outcome for the same id is ignored. */
  finish(id: string, outcome: CommandOutcome) {
    if (!this.waiting.delete(id)) return;
    this.note();
    this.settle.get(id)?.(outcome);
    this.settle.delete(id);
  }

  private note() {
    const questions = this.all().filter((p) => p.command.do === 'submit');
    try {
      if (questions.length === 0) this.shelf?.removeItem(this.key);
      else
        this.shelf?.setItem(this.key, JSON.stringify(questions.map(({ id, command }) => ({ id, command }))));
    } catch {
      // A full or forbidden storage only costs the survival of a reload.
    }
    this.changed(this.all());
  }

  private read(): { id: string; command: Command }[] {
    try {
      const kept: unknown = JSON.parse(this.shelf?.getItem(this.key) ?? '[]');
      return Array.isArray(kept)
        ? kept.filter((k) => typeof k?.id === 'string' && k?.command?.do === 'submit')
        : [];
    } catch {
      return [];
    }
  }
}
