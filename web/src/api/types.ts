/** The API's values, field for field as the server's Structs declare them. */

export type Uuid = string;
export type Instant = string;

export type Channel = 'email' | 'chat' | 'sms' | 'social' | 'voice';
export type Shore = 'onshore' | 'nearshore' | 'offshore';
export type Industry =
  | 'telecom'
  | 'banking'
  | 'healthcare'
  | 'government'
  | 'retail'
  | 'travel'
  | 'hospitality'
  | 'mobility'
  | 'housing'
  | 'other';

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Items<T> {
  items: T[];
}

/* organizations */

export interface Provider {
  id: Uuid;
  name: string;
}

export interface Site {
  id: Uuid;
  provider_id: Uuid;
  name: string;
  country: string;
  time_zone: string;
  shore: Shore;
}

export interface Client {
  id: Uuid;
  name: string;
  industry: Industry;
  color: string;
  region: string;
  /** From whose sites people may work for it; none: from everywhere. */
  countries: string[];
}

export interface OpenHours {
  weekday: number;
  opens: number;
  closes: number;
}

export interface BrandVoice {
  greeting: string;
  tone_do: string[];
  tone_dont: string[];
  signature: string;
}

export interface Program {
  id: Uuid;
  client_id: Uuid;
  name: string;
  time_zone: string;
  languages: string[];
  channels: Channel[];
  hours: OpenHours[];
  holidays: string[];
  voice: BrandVoice;
  provider_ids: Uuid[];
  reopen_days: number;
  undo_send_seconds: number;
}

export interface Team {
  id: Uuid;
  provider_id: Uuid;
  site_id: Uuid;
  name: string;
}

/* identity */

export type BuiltInRole =
  | 'admin'
  | 'agent'
  | 'team_lead'
  | 'qa_analyst'
  | 'planner'
  | 'account_manager'
  | 'client_viewer'
  | 'on_call'
  | 'compliance_officer';

export type ScopeKind = 'everything' | 'provider' | 'client' | 'program';

export interface RoleGrant {
  /** A built-in role's name, or an own role's id. */
  role: string;
  scope: ScopeKind;
  scope_id: Uuid | null;
}

/** A role and what it may do; a built-in one is of no provider and has no other name than its id. */
export interface RoleSheet {
  id: string;
  provider_id: Uuid | null;
  name: string | null;
  purpose: string;
  permissions: string[];
  version: number;
}

/** A grant in full; `role_name` is null for a built-in role, `scope_name` for everything and for what one does not see. */
export interface ExplainedGrant extends RoleGrant {
  role_name: string | null;
  scope_name: string | null;
  permissions: string[];
}

export interface PersonAccess {
  id: Uuid;
  name: string;
  provider_id: Uuid | null;
  client_id: Uuid | null;
  active: boolean;
  grants: ExplainedGrant[];
}

/** Whether someone may do something somewhere, by which grants and under which conditions. */
export interface Verdict {
  allowed: boolean;
  because: ExplainedGrant[];
  why_not:
    'inactive' | 'no_role' | 'elsewhere' | 'some_programs' | 'not_everything' | 'country' | null;
  conditions: ('programs' | 'networks')[];
}

/** What someone sees: clients, and the beginning of lists; `items` is null where they may not open one. */
export interface PersonView {
  person_id: Uuid;
  name: string;
  clients: ClientBadge[];
  permissions: string[];
  lists: { name: string; items: string[] | null; more: boolean }[];
}

export interface Person {
  id: Uuid;
  name: string;
  email: string;
  provider_id: Uuid | null;
  client_id: Uuid | null;
  team_id: Uuid | null;
  locale: string;
  active: boolean;
  grants: RoleGrant[];
}

export interface ClientBadge {
  id: Uuid;
  name: string;
  color: string;
}

export interface Me {
  person: Person;
  permissions: string[];
  clients: ClientBadge[];
  csrf_token: string;
  demo: boolean;
  /** Where this installation is reached from outside, which is not always where this page came from. */
  base_url: string;
  /** What the sign-in still lacks: a second factor, or that one is set up. */
  pending: 'second_factor' | 'enrolment' | null;
  /** The emergency access of this session. */
  glass: OpenGlass | null;
}

/** One's own emergency access that is under way. */
export interface OpenGlass {
  id: Uuid;
  client: ClientBadge;
  reason: string;
  begun_at: Instant;
  until: Instant;
  /** All that one may do with the client meanwhile. */
  permissions: string[];
}

export interface Passkey {
  id: Uuid;
  name: string;
  synced: boolean;
  made_at: Instant;
  last_used_at: Instant | null;
}

export interface Factors {
  required: boolean;
  totp_since: Instant | null;
  recovery_codes: number;
  passkeys: Passkey[];
  passkey_host: string;
}

export interface NewTotp {
  secret: string;
  address: string;
  qr: string;
}

export interface SessionEntry {
  id: Uuid;
  person_id: Uuid;
  method: 'password' | 'passkey' | 'sso' | 'demo';
  pending: 'second_factor' | 'enrolment' | null;
  device: string;
  ip: string | null;
  made_at: Instant;
  used_at: Instant;
  expires_at: Instant;
  current: boolean;
}

export interface IdentityProvider {
  id: Uuid;
  provider_id: Uuid | null;
  client_id: Uuid | null;
  name: string;
  issuer: string;
  application_id: string;
  has_secret: boolean;
  domains: string[];
  groups_claim: string;
  rules: { group: string; grant: RoleGrant }[];
  provisions: boolean;
  only: boolean;
  second_factor: boolean;
  active: boolean;
  /** Who answers for it: it lets in nobody over whom they could not decide. */
  answered_by: string | null;
  answered_at: Instant | null;
}

export interface ClientNetworks {
  client_id: Uuid;
  networks: string[];
}

export interface SignInMethods {
  sso: { id: Uuid; name: string }[];
  password: boolean;
}

export interface SignInPolicy {
  id: Uuid;
  provider_id: Uuid | null;
  client_id: Uuid | null;
  password_length: number;
  second_factor_for_all: boolean;
  second_factor_roles: string[];
}

/** A token of a provider's directory; its secret is shown once. */
export interface ScimToken {
  id: Uuid;
  provider_id: Uuid;
  name: string;
  prefix: string;
  networks: string[];
  created_at: Instant;
  last_used_at: Instant | null;
  revoked_at: Instant | null;
  answered_by: string | null;
}

/** A group of a provider's directory, and what its members may do here. */
export interface ScimGroup {
  id: Uuid;
  provider_id: Uuid;
  name: string;
  external_id: string | null;
  grants: RoleGrant[];
  made_at: Instant;
}

export interface ApiKey {
  id: Uuid;
  name: string;
  prefix: string;
  person_id: Uuid;
  person_name: string;
  permissions: string[];
  client_ids: Uuid[];
  created_at: Instant;
  expires_at: Instant | null;
  last_used_at: Instant | null;
  revoked_at: Instant | null;
}

export interface AuditEntry {
  id: Uuid;
  at: Instant;
  person_id: Uuid | null;
  person_name: string | null;
  action: string;
  subject_type: string;
  subject_id: Uuid | null;
  client_id: Uuid | null;
  before: unknown;
  after: unknown;
  ip: string | null;
}

export interface Persona {
  key: string;
  name: string;
  role: BuiltInRole;
  title: string;
  clients: ClientBadge[];
}

/* customers */

export type IdentityKind = 'email' | 'phone' | 'handle' | 'visitor' | 'external';

export interface Identity {
  id: Uuid;
  kind: IdentityKind;
  value: string;
  verified: boolean;
  added_at: Instant;
}

export type AttributeKind = 'text' | 'number' | 'boolean' | 'date' | 'choice';

export interface AttributeField {
  key: string;
  label: string;
  kind: AttributeKind;
  choices: string[];
  sensitive: boolean;
  exact: boolean;
}

export interface AttributeSchema {
  items: AttributeField[];
  version: string;
}

export type DataClass =
  | 'card'
  | 'card_code'
  | 'bank_account'
  | 'national_id'
  | 'health_id'
  | 'secret'
  | 'birth_date'
  | 'own';

export type PrivacyAction = 'keep' | 'mask' | 'remove';

export interface ClassPolicy {
  action: PrivacyAction;
  agents: boolean;
}

export interface PrivacyRule {
  name: string;
  pattern: string;
  action: PrivacyAction;
  agents: boolean;
  any_case: boolean;
}

/** What becomes of sensitive data in a client's messages. */
export type PrivacyPolicy = Record<Exclude<DataClass, 'own'>, ClassPolicy> & {
  rules: PrivacyRule[];
  keep_days: number;
  version: string;
};

/** What stood in a message's field in the place of its mark. */
export type PauseReason = 'payment' | 'identity' | 'health' | 'asked' | 'other';

/** A stretch that must not be recorded; without an end it lasts. */
export interface RecordingPause {
  id: Uuid;
  conversation_id: Uuid;
  reason: PauseReason;
  paused_by_name: string;
  began_at: Instant;
  ended_at: Instant | null;
}

export interface Original {
  field: string;
  index: number;
  data_class: string;
  kind: string;
  value: string;
}

export type AttributeValue = string | number | boolean | null;

export interface Customer {
  id: Uuid;
  client_id: Uuid;
  name: string;
  language: string | null;
  identities: Identity[];
  attributes: Record<string, AttributeValue>;
  created_at: Instant;
  merged_into: Uuid | null;
  masked: string[];
}

export interface CustomerRow {
  id: Uuid;
  client_id: Uuid;
  name: string;
  primary_identity: string | null;
  created_at: Instant;
}

export interface CustomerNote {
  id: Uuid;
  author_name: string;
  text: string;
  at: Instant;
}

export type ConsentPurpose = 'service' | 'survey' | 'marketing' | 'recording';

export type LegalBasis = 'consent' | 'contract' | 'legal_obligation' | 'legitimate_interest';

export interface Consent {
  id: Uuid;
  purpose: ConsentPurpose;
  basis: LegalBasis;
  wording: string | null;
  recorded_by: string;
  channel: Channel | null;
  granted: boolean;
  source: string;
  at: Instant;
}

export type TimelineKind =
  | 'conversation_started'
  | 'conversation_ended'
  | 'conversation_reopened'
  | 'channel_added'
  | 'customer_merged'
  | 'customer_unmerged'
  | 'consent_changed'
  | 'attribute_changed'
  | 'note_added';

export interface TimelineEntry {
  id: Uuid;
  at: Instant;
  kind: TimelineKind;
  channel: Channel | null;
  conversation_id: Uuid | null;
  actor_name: string | null;
  summary: string;
}

export interface MergeSuggestion {
  customer: CustomerRow;
  score: number;
  evidence: string[];
}

export interface CustomerMerge {
  id: Uuid;
  kept_id: Uuid;
  merged_id: Uuid;
  merged_name: string;
  automatic: boolean;
  reason: string;
  at: Instant;
  undone_at: Instant | null;
}

/* knowledge */

export interface Macro {
  id: Uuid;
  client_id: Uuid;
  program_id: Uuid | null;
  name: string;
  shortcut: string;
  body: string;
  language: string;
}

/* conversations */

export type Status = 'open' | 'pending' | 'resolved';

export type Phase =
  | 'queued'
  | 'offered'
  | 'with_agent'
  | 'on_hold'
  | 'waiting_customer'
  | 'after_call_work'
  | 'transferred'
  | 'abandoned'
  | 'ended';

export type Priority = 'low' | 'normal' | 'high' | 'urgent';

export type MessageKind = 'inbound' | 'outbound' | 'note' | 'event';

export interface Attachment {
  file_id: Uuid;
  name: string;
  media_type: string;
  size: number;
  inline_id: string | null;
}

export type Delivery =
  | 'none'
  | 'sending'
  | 'deferred'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'bounced'
  | 'complained';

export interface Message {
  id: Uuid;
  conversation_id: Uuid;
  seq: number;
  kind: MessageKind;
  author_id: Uuid | null;
  author_name: string;
  text: string;
  html: string | null;
  folded_text: string | null;
  attachments: Attachment[];
  details: Record<string, string>;
  delivery: Delivery;
  at: Instant;
}

export interface Conversation {
  id: Uuid;
  client_id: Uuid;
  program_id: Uuid;
  case_id: Uuid;
  case_number: number;
  customer_id: Uuid;
  customer_name: string;
  channel: Channel;
  subject: string;
  preview: string;
  status: Status;
  phase: Phase;
  priority: Priority;
  language: string | null;
  tags: string[];
  queue_id: Uuid | null;
  assignee_id: Uuid | null;
  assignee_name: string | null;
  disposition_id: Uuid | null;
  last_seq: number;
  unread: boolean;
  sentiment: number | null;
  waiting_since: Instant | null;
  due_at: Instant | null;
  created_at: Instant;
  updated_at: Instant;
  resolved_at: Instant | null;
  /** When its words and files were removed for good. */
  erased_at: Instant | null;
}

export interface Interval {
  conversation_id: Uuid;
  seq: number;
  phase: Phase;
  queue_id: Uuid | null;
  agent_id: Uuid | null;
  began_at: Instant;
  ended_at: Instant | null;
}

export interface Case {
  id: Uuid;
  client_id: Uuid;
  program_id: Uuid;
  number: number;
  customer_id: Uuid;
  subject: string;
  status: Status;
  merged_into: Uuid | null;
  created_at: Instant;
  conversations: Conversation[];
}

export interface Disposition {
  id: Uuid;
  client_id: Uuid;
  program_id: Uuid | null;
  name: string;
  resolved: boolean;
  active: boolean;
}

export interface Draft {
  text: string;
  html: string | null;
  attachments: Attachment[];
  updated_at: Instant;
}

export interface PendingReply {
  id: Uuid;
  conversation_id: Uuid;
  author_id: Uuid;
  text: string;
  html: string | null;
  attachments: Attachment[];
  send_at: Instant;
}

export interface ReplyResult {
  message: Message | null;
  pending: PendingReply | null;
}

export interface ViewFilter {
  client_id?: Uuid | null;
  program_id?: Uuid | null;
  queue_id?: Uuid | null;
  assignee_id?: Uuid | null;
  unassigned?: boolean | null;
  channel?: Channel | null;
  status?: Status | null;
  priority?: Priority | null;
  tag?: string | null;
}

export interface SavedView {
  id: Uuid;
  name: string;
  filter: ViewFilter;
}

export interface SearchHit {
  conversation: Conversation;
  snippet: string;
  rank: number;
}

export interface Counts {
  mine: number;
  my_queues: number;
  unassigned: number;
  mentioned: number;
}

/* routing */

export type Presence =
  'available' | 'busy' | 'after_call_work' | 'break' | 'meal' | 'training' | 'meeting' | 'offline';

export interface Skill {
  id: Uuid;
  provider_id: Uuid;
  name: string;
}

export interface SkillLevel {
  skill_id: Uuid;
  level: number;
}

export interface Queue {
  id: Uuid;
  client_id: Uuid;
  program_id: Uuid;
  provider_id: Uuid;
  name: string;
  channels: Channel[];
  language: string | null;
  priority: Priority;
  skills: SkillLevel[];
  target_seconds: number;
  target_share: number;
  accept_mode: 'offer' | 'auto';
  offer_seconds: number;
  overflow_after_seconds: number | null;
  overflow_queue_id: Uuid | null;
  active: boolean;
  always_open: boolean;
}

export interface Capacity {
  voice: number;
  chat: number;
  sms: number;
  social: number;
  email: number;
}

export interface AgentProfile {
  person_id: Uuid;
  skills: SkillLevel[];
  languages: string[];
  capacity: Capacity;
}

export interface AgentPresence {
  person_id: Uuid;
  state: Presence;
  since: Instant;
  reason: string | null;
}

export interface AgentState {
  state: Presence;
  began_at: Instant;
  ended_at: Instant | null;
}

export interface Offer {
  id: Uuid;
  client_id: Uuid;
  conversation_id: Uuid;
  queue_id: Uuid;
  queue_name: string;
  agent_id: Uuid;
  channel: Channel;
  customer_name: string;
  preview: string;
  reason: string;
  waiting_since: Instant;
  offered_at: Instant;
  expires_at: Instant;
}

export interface QueueNow {
  queue: Queue;
  opens_at: Instant | null;
  waiting: number;
  longest_wait_since: Instant | null;
  longest_wait_due_at: Instant | null;
  offered: number;
  with_agents: number;
  answered: number;
  answered_in_target: number;
  abandoned: number;
  service_level: number | null;
  agents_available: number;
  agents_signed_in: number;
  trend: (number | null)[];
}

export interface AgentNow {
  person_id: Uuid;
  name: string;
  team_id: Uuid | null;
  team_name: string | null;
  site_id: Uuid | null;
  site_name: string | null;
  state: Presence;
  since: Instant;
  load: Partial<Record<Channel, number>>;
  capacity: Capacity;
  conversations: Uuid[];
  queue_ids: Uuid[];
}

export interface Assignable {
  id: Uuid;
  name: string;
  state: Presence;
}

/* channels */

export interface MailAddress {
  id: Uuid;
  client_id: Uuid;
  program_id: Uuid;
  queue_id: Uuid | null;
  address: string;
  display_name: string;
  signature: string;
  active: boolean;
}

export type MailboxProblem =
  | 'host'
  | 'host_unknown'
  | 'no_imap'
  | 'blocked'
  | 'tls'
  | 'sign_in'
  | 'token'
  | 'token_host'
  | 'consent'
  | 'denied'
  | 'not_lasting'
  | 'changed'
  | 'folder'
  | 'server'
  | 'secret'
  | 'region'
  | 'ours';

export interface Mailbox {
  id: Uuid;
  client_id: Uuid;
  mail_address_id: Uuid;
  host: string;
  port: number;
  tls: 'tls' | 'starttls' | 'none';
  username: string;
  region: string | null;
  auth: 'password' | 'refresh_token' | 'client_credentials';
  authorize_url: string;
  token_url: string;
  revoke_url: string;
  oauth_client_id: string;
  scope: string;
  connected_at: Instant | null;
  connect_problem: MailboxProblem | null;
  connect_answer: string | null;
  folder: string;
  after_taking: 'leave' | 'mark_seen' | 'move';
  move_to: string;
  poll_seconds: number;
  active: boolean;
  taken: number;
  checked_at: Instant | null;
  next_at: Instant;
  failing_since: Instant | null;
  problem: MailboxProblem | null;
  answer: string | null;
}

export type SuppressionReason = 'complaint' | 'hard_bounce' | 'manual' | 'soft_bounce';

export interface SuppressedAddress {
  id: Uuid;
  client_id: Uuid;
  address: string;
  reason: SuppressionReason;
  note: string;
  conversation_id: Uuid | null;
  added_by: string;
  added_at: Instant;
  expires_at: Instant | null;
}

export interface ImportResult {
  added: number;
  known: number;
  refused: number;
  rows: readonly { line: number; message: string }[];
}

export interface MailRoute {
  sender: string | null;
  recipient: string | null;
  problem: string | null;
  suppressed: SuppressedAddress | null;
}

export interface SigningKey {
  id: Uuid;
  client_id: Uuid;
  domain: string;
  selector: string;
  algorithm: 'rsa' | 'ed25519';
  record_name: string;
  record_value: string;
  active: boolean;
  made_at: Instant;
}

export interface ConsentPage {
  address: string;
  expires_at: Instant;
}

export interface MailboxCheck {
  connected: boolean;
  folders: readonly string[];
  problem: MailboxProblem | null;
  answer: string | null;
}

export interface WidgetTheme {
  color: string;
  position: 'left' | 'right';
  title: string;
  greeting: string;
  offline_text: string;
}

export interface ChatWidget {
  id: Uuid;
  client_id: Uuid;
  program_id: Uuid;
  queue_id: Uuid | null;
  key: string;
  name: string;
  origins: string[];
  language: string;
  theme: WidgetTheme;
  require_email: boolean;
  active: boolean;
}
