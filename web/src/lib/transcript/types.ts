// The transcript desk's words, as the REST interface speaks them.

import type { Event, Text, Timestamp } from '$lib/api/types';
import type { NameCard, Question, SegmentKind } from '$lib/signal/messages.gen';

export type Origin = 'machine' | 'captioner' | 'editor';

export interface Segment {
  id: string;
  speaker: string | null;
  card: NameCard;
  kind: SegmentKind;
  question: string | null;
  start: Timestamp;
  end: Timestamp;
  language: string;
  text: string;
  origin: Origin;
  engine: string | null;
  /** 0 to 1, where the engine tells. */
  confidence: number | null;
  take: string | null;
  revision: number;
  /** Out of every output, kept at the desk. */
  struck: boolean;
}

export const KINDS: readonly SegmentKind[] = [
  'remarks',
  'announcement',
  'question',
  'answer',
  'procedure',
  'stage_note'
];

/** Why an editor changed something; the server has further words for splits, merges and strikes. */
export const REASONS = ['recognition', 'name', 'style', 'sense'] as const;
export type EditReason = (typeof REASONS)[number];

export interface Revision {
  segment: string;
  number: number;
  /** Absent: a machine. */
  author: string | null;
  author_name: string | null;
  reason: string;
  at: Timestamp;
  content: Pick<
    Segment,
    'speaker' | 'card' | 'kind' | 'question' | 'start' | 'end' | 'language' | 'text' | 'struck'
  >;
}

export interface Speaker {
  person: string;
  card: NameCard;
}

export interface Transcript {
  event: Event;
  segments: Segment[];
  speakers: Speaker[];
  questions: Question[];
  edition: Editions;
  languages: string[];
}

export interface Take {
  id: string;
  seat: string;
  person: string;
  card: NameCard;
  source_kind: 'camera' | 'screen';
  media: 'audio' | 'video';
  codec: string;
  start: Timestamp;
  duration_ms: number;
  bytes: number;
  state: 'recording' | 'finished' | 'recovered';
  url: string;
}

export interface Edition {
  id: string;
  number: number;
  event: string;
  published_at: Timestamp;
  languages: string[];
  manifest_sha256: string;
  signature: string;
  key_id: string;
  path: string;
}

export interface Editions {
  state: 'draft' | 'submitted' | 'published';
  submitted_by: string | null;
  submitted_by_name: string | null;
  /** From the reviewer who gave it back. */
  note: string | null;
  /** The sense has changed since the last edition: submitting needs a public correction. */
  correction_needed: boolean;
  /** Whoever edited or submitted may not release. */
  editors: { person: string; name: string }[];
  /** Newest first. */
  editions: Edition[];
  /** The recordings cut together; an edition waits for it. */
  programme: { state: 'pending' | 'ready' | 'none' | 'failed' | null; error: string | null };
}

/** What an editor may change in one go; absent stays, `null` clears. */
export interface SegmentEdit {
  text?: string;
  speaker?: string | null;
  kind?: SegmentKind;
  question?: string | null;
  start?: Timestamp;
  end?: Timestamp;
}

/** Words written at the desk that nobody wrote down live. */
export interface NewSegment {
  after: string | null;
  speaker: string | null;
  kind: SegmentKind;
  question: string | null;
  start?: Timestamp;
  language: string;
  text: string;
}

export type Correction = Text;
