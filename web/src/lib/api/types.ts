// The REST interface's words as the screens use them: names for the types generated from the server's description.

import type { components } from './schema.gen';

type Schemas = components['schemas'];

export type Timestamp = Schemas['Timestamp'];
export type Text = Schemas['Text'];
export type Role = Schemas['Role'];
export type RoleGrant = Schemas['RoleGrant'];
export type Me = Schemas['Me'];
export type Staff = Schemas['Staff'];
export type GroundRules = Schemas['GroundRules'];
export type AskerPolicy = Schemas['AskerPolicy'];
export type Series = Schemas['Series'];
export type EventState = Schemas['EventState'];
export type Attendance = Schemas['Attendance'];
export type PublicEvent = Schemas['PublicEvent'];
/** An event as the staff see it: what is public, its version and what waits. */
export type Event = Schemas['Event'];
export type TeamMember = Schemas['TeamMember'];
export type RegistrationState = Schemas['RegistrationState'];
export type Registration = Schemas['Registration'];
export type MyRegistration = Schemas['MyRegistration'];
export type QuestionState = Schemas['QuestionState'];
export type MyQuestion = Schemas['MyQuestion'];
export type Mail = Schemas['Mail'];

export interface Page<T> {
  items: T[];
  next: string | null;
}
