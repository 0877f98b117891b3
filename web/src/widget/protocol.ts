/** The words that widget and server exchange: answers of the HTTP calls and frames of the socket. */

export interface Theme {
  color: string;
  position: string;
  title: string;
  greeting: string;
  offline_text: string;
}

export interface Config {
  name: string;
  brand: string;
  language: string;
  theme: Theme;
  online: boolean;
  require_email: boolean;
  max_file_bytes: number;
}

export interface Visitor {
  visitor_id: string;
  visitor_secret: string;
  name: string | null;
  email_known?: boolean;
  conversation: { id: string; last_seq: number; status: string } | null;
}

export interface Attachment {
  url: string;
  name: string;
  media_type: string;
  size: number;
}

export interface UploadedFile extends Attachment {
  file_id: string;
}

export type MessageKind = 'inbound' | 'outbound' | 'event';

/** One visible entry of the conversation; `previous` is the last visible seq before it. */
export interface Message {
  seq: number;
  previous: number;
  kind: MessageKind;
  text: string;
  author_name: string;
  attachments: Attachment[];
  details: Record<string, string>;
  at: string;
  client_id: string | null;
}

export interface Agent {
  name: string;
}

interface InConversation {
  conversation_id: string | null;
}

export interface WelcomeFrame extends InConversation {
  type: 'welcome';
  last_seq: number;
  status: string | null;
  ended?: boolean;
  agent: Agent | null;
  base_seq?: number;
  read_seq?: number;
  own_read_seq?: number;
  email_known?: boolean;
}

export interface MessageFrame extends InConversation {
  type: 'message';
  seq: number;
  previous?: number;
  kind: MessageKind;
  text: string;
  author_name?: string | null;
  attachments?: Attachment[];
  details?: Record<string, string>;
  at: string;
  client_id?: string | null;
}

export interface AckFrame extends InConversation {
  type: 'ack';
  client_id: string;
  seq: number | null;
  previous?: number | null;
  at?: string | null;
}

export type ErrorCode =
  'rate_limited' | 'too_large' | 'bad_file' | 'closed' | 'invalid' | 'origin' | 'visitor';

export interface ErrorFrame {
  type: 'error';
  code: ErrorCode | string;
  message?: string;
  client_id?: string | null;
  retry_after?: number | null;
}

export type ServerFrame =
  | WelcomeFrame
  | MessageFrame
  | AckFrame
  | ErrorFrame
  | (InConversation & { type: 'upto'; seq: number })
  | (InConversation & { type: 'read'; seq: number })
  | (InConversation & { type: 'status'; status: string; ended?: boolean; agent: Agent | null })
  | { type: 'typing'; typing: boolean; name?: string | null }
  | { type: 'ping' }
  | { type: 'pong' };

export interface HelloFrame extends InConversation {
  type: 'hello';
  visitor_secret: string;
  after_seq: number;
  page_url: string;
  page_title: string;
  language: string;
}

/** What is kept until the server has acknowledged it; all carry a client_id. */
export type KeptFrame =
  | { type: 'message'; client_id: string; text: string; file_ids: string[]; sent_at: string }
  | { type: 'profile'; client_id: string; name: string; email: string }
  | (InConversation & { type: 'end'; client_id: string });

export type ClientFrame =
  | HelloFrame
  | KeptFrame
  | { type: 'typing'; typing: boolean }
  | { type: 'read'; seq: number }
  | { type: 'ping' }
  | { type: 'pong' };

export const MAX_TEXT = 8000;
export const MAX_FILES = 10;
