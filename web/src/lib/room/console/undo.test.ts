import { describe, expect, it } from 'vitest';
import type { Question } from '$lib/signal/messages.gen';
import { Undo, type Before } from './undo';

const question = (state: Question['state'], rest: Partial<Question> = {}) =>
  ({ id: 'q', state, reason: null, group: null, ...rest }) as Question;
const before = (...questions: Question[]): Before => ({ questions, seats: [], show: null });

describe('undo', () => {
  it('gives each act at the desk its way back', () => {
    const undo = new Undo();
    const at = before(question('submitted'));
    expect(undo.of({ do: 'list', question: 'q', before: null }, at)).toEqual({ do: 'unlist', question: 'q' });
    expect(undo.of({ do: 'decline', question: 'q', reason: 'no' }, at)).toEqual({
      do: 'restore',
      question: 'q'
    });
    expect(undo.of({ do: 'group', lead: 'a', members: ['q'] }, at)).toEqual({ do: 'ungroup', question: 'q' });
    const grouped = before(question('grouped', { group: 'a' }));
    expect(undo.of({ do: 'ungroup', question: 'q' }, grouped)).toEqual({
      do: 'group',
      lead: 'a',
      members: ['q']
    });
  });

  it('has no way back for what the public has seen', () => {
    const undo = new Undo();
    for (const command of [{ do: 'put_on_air' }, { do: 'go_live' }, { do: 'end' }] as const) {
      expect(undo.of(command, before())).toBeNull();
      expect(undo.keep(command, null)).toBeNull();
    }
  });

  it('takes back the newest first, and each once', () => {
    const undo = new Undo();
    undo.keep({ do: 'unlist', question: 'a' }, { do: 'list', question: 'a', before: null });
    undo.keep({ do: 'hold', question: 'b', reason: null }, { do: 'release', question: 'b' });
    expect(undo.newest?.back).toEqual({ do: 'release', question: 'b' });
    expect(undo.drop()).toEqual({ do: 'unlist', question: 'a' });
    expect(undo.drop()).toBeNull();
  });
});
