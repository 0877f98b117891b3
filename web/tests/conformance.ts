/** Fails to compile when a hand-written API type and the server's own description part ways. */
import type { components } from '@/api/schema';
import type * as ours from '@/api/types';

type Schemas = components['schemas'];

/** Optional fields of the description are those with a default: answers always carry them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the description does not say what such a list holds
type Loose = any;

type Filled<T> = unknown extends T
  ? Loose
  : T extends (infer Item)[]
    ? Filled<Item>[]
    : T extends object
      ? { [Key in keyof T]-?: Filled<Exclude<T[Key], undefined>> }
      : T;

type Same<Ours, Theirs> = [Filled<Ours>] extends [Filled<Theirs>]
  ? [Filled<Theirs>] extends [Filled<Ours>]
    ? true
    : { lacking: Exclude<keyof Theirs, keyof Ours>; theirs: Filled<Theirs> }
  : { unknown: Exclude<keyof Ours, keyof Theirs>; ours: Filled<Ours> };

export const conformance: {
  AgentNow: Same<Omit<ours.AgentNow, 'load'>, Omit<Schemas['AgentNow'], 'load'>>;
  AgentPresence: Same<ours.AgentPresence, Schemas['AgentPresence']>;
  AgentProfile: Same<ours.AgentProfile, Schemas['AgentProfile']>;
  ApiKey: Same<ours.ApiKey, Schemas['ApiKey']>;
  Attachment: Same<ours.Attachment, Schemas['Attachment']>;
  AttributeField: Same<ours.AttributeField, Schemas['AttributeField']>;
  AttributeSchema: Same<ours.AttributeSchema, Schemas['AttributeSchema']>;
  Case: Same<ours.Case, Schemas['Case']>;
  ChatWidget: Same<ours.ChatWidget, Schemas['ChatWidget']>;
  Client: Same<ours.Client, Schemas['Client']>;
  ClientNetworks: Same<ours.ClientNetworks, Schemas['ClientNetworks']>;
  Consent: Same<ours.Consent, Schemas['Consent']>;
  Conversation: Same<ours.Conversation, Schemas['Conversation']>;
  Counts: Same<ours.Counts, Schemas['ViewCounts']>;
  Customer: Same<ours.Customer, Schemas['Customer']>;
  CustomerMerge: Same<ours.CustomerMerge, Schemas['CustomerMerge']>;
  CustomerNote: Same<ours.CustomerNote, Schemas['CustomerNote']>;
  CustomerRow: Same<ours.CustomerRow, Schemas['CustomerRow']>;
  Disposition: Same<ours.Disposition, Schemas['Disposition']>;
  Factors: Same<ours.Factors, Schemas['Factors']>;
  Draft: Same<ours.Draft, Schemas['Draft']>;
  Identity: Same<ours.Identity, Schemas['Identity']>;
  IdentityProvider: Same<ours.IdentityProvider, Schemas['IdentityProvider']>;
  SignInMethods: Same<ours.SignInMethods, Schemas['SignInMethods']>;
  Interval: Same<ours.Interval, Schemas['Interval']>;
  Macro: Same<ours.Macro, Schemas['Macro']>;
  MailAddress: Same<ours.MailAddress, Schemas['MailAddress']>;
  Me: Same<ours.Me, Schemas['Me']>;
  MergeSuggestion: Same<ours.MergeSuggestion, Schemas['MergeSuggestion']>;
  Message: Same<ours.Message, Schemas['Message']>;
  NewTotp: Same<ours.NewTotp, Schemas['NewTotp']>;
  Passkey: Same<ours.Passkey, Schemas['Passkey']>;
  SessionEntry: Same<ours.SessionEntry, Schemas['Session']>;
  SignInPolicy: Same<ours.SignInPolicy, Schemas['SignInPolicy']>;
  Offer: Same<ours.Offer, Schemas['Offer']>;
  RecordingPause: Same<ours.RecordingPause, Schemas['RecordingPause']>;
  PendingReply: Same<ours.PendingReply, Schemas['PendingReply']>;
  Person: Same<ours.Person, Schemas['Person']>;
  Program: Same<ours.Program, Schemas['Program']>;
  Queue: Same<ours.Queue, Schemas['Queue']>;
  QueueNow: Same<ours.QueueNow, Schemas['QueueNow']>;
  ReplyResult: Same<ours.ReplyResult, Schemas['ReplyOutcome']>;
  SavedView: Same<ours.SavedView, Schemas['SavedView']>;
  SearchHit: Same<ours.SearchHit, Schemas['SearchHit']>;
  Site: Same<ours.Site, Schemas['Site']>;
  Skill: Same<ours.Skill, Schemas['Skill']>;
  Team: Same<ours.Team, Schemas['Team']>;
  TimelineEntry: Same<ours.TimelineEntry, Schemas['TimelineEntry']>;
} = {
  AgentNow: true,
  AgentPresence: true,
  AgentProfile: true,
  ApiKey: true,
  Attachment: true,
  AttributeField: true,
  AttributeSchema: true,
  Case: true,
  ChatWidget: true,
  Client: true,
  ClientNetworks: true,
  Consent: true,
  Conversation: true,
  Counts: true,
  Customer: true,
  CustomerMerge: true,
  CustomerNote: true,
  CustomerRow: true,
  Disposition: true,
  Draft: true,
  Factors: true,
  Identity: true,
  IdentityProvider: true,
  SignInMethods: true,
  Interval: true,
  Macro: true,
  MailAddress: true,
  Me: true,
  MergeSuggestion: true,
  Message: true,
  NewTotp: true,
  SessionEntry: true,
  SignInPolicy: true,
  Offer: true,
  Passkey: true,
  RecordingPause: true,
  PendingReply: true,
  Person: true,
  Program: true,
  Queue: true,
  QueueNow: true,
  ReplyResult: true,
  SavedView: true,
  SearchHit: true,
  Site: true,
  Skill: true,
  Team: true,
  TimelineEntry: true,
};
