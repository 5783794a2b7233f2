// The REST interface's words as the screens use them.

export type Timestamp = number;
export type Text = Record<string, string>;

export type Role =
  | 'admin'
  | 'officer'
  | 'chair'
  | 'spokesperson'
  | 'speaker'
  | 'journalist'
  | 'captioner'
  | 'editor'
  | 'reviewer'
  | 'observer';

export interface RoleGrant {
  role: Role;
  scope: 'house' | 'series' | 'event';
  id: string | null;
}

export interface Person {
  id: string;
  name: string;
  email: string;
  language: string;
}

export interface Me {
  person: Person;
  roles: RoleGrant[];
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Staff extends Person {
  roles: RoleGrant[];
  disabled: boolean;
  version: number;
}

export interface GroundRules {
  version: number;
  text: Text;
  follow_ups: number;
  exchange_seconds: number;
}

export type AskerPolicy = 'name_and_outlet' | 'outlet_only' | 'unnamed';

export interface Series {
  id: string;
  slug: string;
  name: Text;
  languages: string[];
  zone: string;
  cadence: string;
  numbering: 'per_year';
  asker_policy: AskerPolicy;
  rules: GroundRules;
  caption_language: string;
  retention_days: number | null;
  version: number;
}

export type EventState = 'draft' | 'announced' | 'live' | 'ended' | 'published' | 'cancelled';
export type Attendance = 'online' | 'on_site' | 'mixed';

export interface Event {
  id: string;
  series: string;
  series_slug: string;
  series_name: Text;
  number: number | null;
  year: number | null;
  title: Text;
  description: Text;
  starts_at: Timestamp;
  ends_at: Timestamp;
  zone: string;
  languages: string[];
  caption_language: string;
  rules: GroundRules;
  attendance: Attendance;
  registration_closes_at: Timestamp;
  questions_close_at: Timestamp;
  state: EventState;
  version: number;
  public_path: string | null;
  counts?: { pending: number; approved: number; questions: number };
}

export interface TeamMember {
  person: string;
  name: string;
  role: Role;
  office: string | null;
}

export type RegistrationState = 'unconfirmed' | 'pending' | 'approved' | 'refused' | 'withdrawn';

export interface Registration {
  id: string;
  event: string;
  person: string;
  name: string;
  email: string;
  outlet: { id: string; name: string; country: string };
  language: string;
  press_card: string;
  message: string | null;
  state: RegistrationState;
  reason: string | null;
  decided_by_name: string | null;
  decided_at: Timestamp | null;
  created_at: Timestamp;
  version: number;
}

export interface MyRegistration extends Registration {
  event_detail: Event;
}

export type QuestionState =
  | 'submitted'
  | 'held'
  | 'listed'
  | 'called'
  | 'on_air'
  | 'answered'
  | 'taken'
  | 'declined'
  | 'withdrawn'
  | 'not_reached';

export interface MyQuestion {
  id: string;
  channel: 'live_hand' | 'slot_request' | 'written_advance' | 'message';
  topic: string;
  text: string | null;
  language: string;
  state: QuestionState;
  reason: string | null;
  submitted_at: Timestamp;
  event: string;
  event_title: Text;
}

export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  state: 'kept' | 'queued' | 'sent' | 'failed';
  error: string | null;
  created_at: Timestamp;
  sent_at: Timestamp | null;
}
