/** Whether this window has gone through the door of a room, and with open devices; survives a reload, not a new window. */

export type Entry = 'with_devices' | 'without';

export function recallEntry(event: string): Entry | null {
  try {
    const kept = sessionStorage.getItem(`rostrum.entered.${event}`);
    return kept === 'with_devices' || kept === 'without' ? kept : null;
  } catch {
    return null;
  }
}

export function keepEntry(event: string, entry: Entry) {
  try {
    sessionStorage.setItem(`rostrum.entered.${event}`, entry);
  } catch {
    // Not kept: after a reload the door is shown again.
  }
}
