/**
 * What takes an act at the desk back: the command that undoes it, from the room as it stood before. Pure. What the public
 * has seen or heard (on air, live, the end) has no way back and is asked about once instead.
 */
import type { Command, Question, Show, TeamSeat } from '$lib/signal/messages.gen';

/** Acts that can be taken back, one after another. More: longer memory of what nobody remembers doing. */
const KEPT = 20;

export interface Before {
  questions: readonly Question[];
  seats: readonly TeamSeat[];
  show: Show | null;
}

export interface Done {
  readonly command: Command;
  readonly back: Command;
}

export class Undo {
  private done: Done[] = [];

  get newest(): Done | null {
    return this.done.at(-1) ?? null;
  }

  /** The way back, or `null` when there is none. */
  of(command: Command, before: Before): Command | null {
    const question =
      'question' in command ? before.questions.find((other) => other.id === command.question) : undefined;
    switch (command.do) {
      case 'list':
        return question?.state === 'listed' ? null : { do: 'unlist', question: command.question };
      case 'unlist':
        return { do: 'list', question: command.question, before: null };
      case 'hold':
        return { do: 'release', question: command.question };
      case 'release':
        return { do: 'hold', question: command.question, reason: question?.reason ?? null };
      case 'decline':
        return { do: 'restore', question: command.question };
      case 'place':
        return { do: 'unplace', question: command.question };
      case 'group':
        return command.members.length === 1 ? { do: 'ungroup', question: command.members[0]! } : null;
      case 'ungroup':
        return question?.group ? { do: 'group', lead: question.group, members: [question.id] } : null;
      case 'mute':
        return { do: 'unmute', seat: command.seat };
      case 'unmute':
        return { do: 'mute', seat: command.seat };
      case 'move': {
        const seat = before.seats.find((other) => other.seat === command.seat);
        return seat ? { do: 'move', seat: seat.seat, to: seat.zone } : null;
      }
      case 'step_show':
        return before.show ? { do: 'step_show', to: before.show.step } : null;
      case 'plan_show':
        return before.show ? { do: 'plan_show', plan: before.show.plan } : null;
      default:
        return null;
    }
  }

  /** Keeps it; what is newest now. */
  keep(command: Command, back: Command | null): Command | null {
    if (back) this.done = [...this.done, { command, back }].slice(-KEPT);
    return this.newest?.command ?? null;
  }

  drop(): Command | null {
    this.done = this.done.slice(0, -1);
    return this.newest?.command ?? null;
  }
}
