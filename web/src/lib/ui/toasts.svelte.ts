// Short notices that something was done. Errors that need an answer are not toasts: they stand where they happened.

export interface Toast {
  id: number;
  text: string;
}

const SHOWN_MS = 6000;

class Toasts {
  list = $state<Toast[]>([]);
  #last = 0;

  say(text: string): void {
    const id = ++this.#last;
    // Said again, it stands there once and longer.
    this.list = [...this.list.filter((toast) => toast.text !== text), { id, text }];
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
