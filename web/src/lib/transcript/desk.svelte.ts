/**
 * The transcript of one event as the desk works on it: loaded, edited with the revision it was read at, kept up to date
 * while the briefing still runs. What may be done is the server's business; its refusals come back as values.
 */
import { api, type Result } from '$lib/api/client';
import type { Problem } from '$lib/api/problem';
import { isDoubtful } from './takes';
import type {
  Correction,
  EditReason,
  Edition,
  Editions,
  NewSegment,
  Revision,
  Segment,
  SegmentEdit,
  Take,
  Transcript
} from './types';

/** Somebody else's newer revision, met while saving. */
export interface Conflict {
  segment: string;
  mine: SegmentEdit;
}

export class TranscriptDesk {
  transcript = $state.raw<Transcript | null>(null);
  segments = $state.raw<Segment[]>([]);
  takes = $state.raw<Take[]>([]);
  editions = $state.raw<Editions | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(true);
  selected = $state<string | null>(null);
  /** Segments being edited, by id: reloading never throws typed words away. */
  conflict = $state.raw<Conflict | null>(null);

  constructor(readonly event: string) {}

  /** Struck ones included, in order of speaking. */
  async load() {
    const [transcript, takes] = await Promise.all([
      api.get<Transcript>(`/events/${this.event}/transcript`),
      api.get<{ items: Take[] }>(`/events/${this.event}/takes`)
    ]);
    this.loading = false;
    if (!transcript.ok) {
      this.problem = transcript.problem;
      return;
    }
    this.problem = null;
    this.transcript = transcript.data;
    this.segments = inOrder(transcript.data.segments);
    this.editions = transcript.data.edition;
    if (takes.ok) this.takes = takes.data.items;
  }

  get doubts(): Segment[] {
    return this.segments.filter(isDoubtful);
  }

  segment(id: string | null): Segment | null {
    return this.segments.find((segment) => segment.id === id) ?? null;
  }

  /** The next segment that is in the record. */
  after(segment: Segment): Segment | null {
    const at = this.segments.findIndex((known) => known.id === segment.id);
    return this.segments.slice(at + 1).find((known) => !known.struck) ?? null;
  }

  async save(segment: Segment, edit: SegmentEdit, reason: EditReason): Promise<Result<Segment>> {
    const result = await api.patch<Segment>(
      `/segments/${segment.id}`,
      { ...edit, reason },
      { version: segment.revision }
    );
    if (result.ok) {
      this.put(result.data);
      this.conflict = null;
      void this.loadEditions();
    } else if (result.problem.kind === 'stale') {
      const current = result.problem.extra.current;
      if (isSegment(current)) this.put(current);
      else await this.load();
      this.conflict = { segment: segment.id, mine: edit };
    }
    return result;
  }

  split(segment: Segment, at: number, time: number): Promise<Result<unknown>> {
    return this.act(segment, 'split', { at, time });
  }

  merge(segment: Segment): Promise<Result<unknown>> {
    return this.act(segment, 'merge', {});
  }

  strike(segment: Segment): Promise<Result<unknown>> {
    return this.act(segment, 'strike', {});
  }

  restore(segment: Segment): Promise<Result<unknown>> {
    return this.act(segment, 'restore', {});
  }

  async revisions(segment: Segment): Promise<Result<Revision[]>> {
    const result = await api.get<{ items: Revision[] }>(`/segments/${segment.id}/revisions`);
    return result.ok ? { ...result, data: result.data.items } : result;
  }

  /** `key`: the same for the same form, so that sending it twice adds once. */
  async add(segment: NewSegment, key: string): Promise<Result<Segment>> {
    const result = await api.post<Segment>(`/events/${this.event}/segments`, segment, { key });
    if (result.ok) {
      this.put(result.data);
      this.selected = result.data.id;
      void this.loadEditions();
    }
    return result;
  }

  submit(correction: Correction | null): Promise<Result<unknown>> {
    return this.decide('submit', correction ? { correction } : {});
  }

  giveBack(note: string): Promise<Result<unknown>> {
    return this.decide('return', { note });
  }

  release(): Promise<Result<Edition>> {
    return this.decide<Edition>('release', {});
  }

  private async act(segment: Segment, what: string, body: object): Promise<Result<unknown>> {
    const result = await api.post(`/segments/${segment.id}/${what}`, body, { version: segment.revision });
    // More than one segment changes: the server's list is the truth.
    if (result.ok || result.problem.kind === 'stale') await this.load();
    return result;
  }

  private async decide<T>(what: string, body: object): Promise<Result<T>> {
    const result = await api.post<T>(`/events/${this.event}/editions/${what}`, body);
    await this.loadEditions();
    return result;
  }

  private async loadEditions() {
    const result = await api.get<Editions>(`/events/${this.event}/editions`);
    if (result.ok) this.editions = result.data;
  }

  private put(segment: Segment) {
    const known = this.segments.some((other) => other.id === segment.id);
    this.segments = inOrder(
      known
        ? this.segments.map((other) => (other.id === segment.id ? segment : other))
        : [...this.segments, segment]
    );
  }
}

function inOrder(segments: readonly Segment[]): Segment[] {
  return segments.toSorted((a, b) => a.start - b.start || a.id.localeCompare(b.id));
}

function isSegment(value: unknown): value is Segment {
  return (
    typeof value === 'object' && value !== null && 'id' in value && 'text' in value && 'revision' in value
  );
}
