/** One row of the log as an element. */

import { fill, type Language } from '../language';
import { pieces, safeHref } from '../links';
import type { Attachment } from '../protocol';
import type { EventRow, MessageRow, Row } from '../rows';
import { h } from './dom';
import { day, size, time } from './format';
import { icon } from './icon';

export interface RowContext {
  language: Language;
  /** The host that files are loaded from. */
  origin: string;
  brand: string;
  retry(clientId: string): void;
  discard(clientId: string): void;
}

const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

export function rowElement(row: Row, context: RowContext): HTMLElement {
  if (row.type === 'day')
    return h('p', { class: 'day' }, day(row.at, Date.now(), context.language));
  if (row.type === 'event') return h('p', { class: 'event' }, eventText(row, context.language));
  return messageElement(row, context);
}

function eventText(row: EventRow, { texts }: Language): string {
  const details = { name: '', email: '', ...row.details };
  if (row.text === 'assigned') return fill(texts.joined, details);
  if (row.text === 'transferred') return texts.transferred;
  if (row.text === 'email_continued') return fill(texts.byEmail, details);
  return row.text === 'ended' ? texts.ended : texts.reopened;
}

/** Brings an element up to date where only its place in the group or its state changed; answers false where not. */
export function patched(element: HTMLElement, before: Row, row: Row, context: RowContext): boolean {
  if (before.type !== 'message' || row.type !== 'message')
    return before.type === row.type && before.at === row.at;
  if (content(before) !== content(row)) return false;
  if (decoration(before) === decoration(row)) return true;
  element.className = classes(row);
  element.querySelector('.meta')?.remove();
  const line = meta(row, context);
  if (line) element.append(line);
  return true;
}

function content(row: MessageRow): string {
  const files = row.attachments.map((attachment) => [attachment.name, attachment.size]);
  return JSON.stringify([row.text, row.author, row.first, files]);
}

function decoration(row: MessageRow): string {
  return JSON.stringify([row.last, row.state, row.reason, row.at]);
}

function classes(row: MessageRow): string {
  const names = ['message', row.own ? 'own' : 'theirs'];
  if (row.first) names.push('first');
  if (row.last) names.push('last');
  if (row.state === 'failed') names.push('failed');
  return names.join(' ');
}

function messageElement(row: MessageRow, context: RowContext): HTMLElement {
  const { texts } = context.language;
  const author = row.own ? texts.you : row.author || context.brand;
  const named = row.first && !row.own;
  return h(
    'div',
    { class: classes(row) },
    h('p', { class: named ? 'author' : 'aloud' }, named ? author : `${author}: `),
    row.text ? h('div', { class: 'bubble', dir: 'auto' }, ...linked(row.text, texts.newTab)) : null,
    ...row.attachments.map((attachment) => attachmentElement(attachment, context)),
    meta(row, context),
  );
}

function linked(text: string, newTab: string): Node[] {
  return pieces(text).map((piece) =>
    piece.href === null
      ? document.createTextNode(piece.text)
      : h(
          'a',
          { href: piece.href, target: '_blank', rel: 'noopener noreferrer nofollow' },
          piece.text,
          h('span', { class: 'aloud' }, ` (${newTab})`),
        ),
  );
}

function attachmentElement(attachment: Attachment, context: RowContext): HTMLElement {
  const href = safeHref(attachment.url, context.origin);
  const link = h('a', {
    class: 'file',
    href,
    target: '_blank',
    rel: 'noopener noreferrer',
    download: attachment.name,
  });
  const plain = (): void => {
    link.className = 'file';
    link.textContent = '';
    link.append(
      icon('file'),
      h('span', { class: 'file-name', dir: 'auto' }, attachment.name),
      h('span', { class: 'file-size' }, size(attachment.size, context.language)),
    );
  };
  if (href !== null && IMAGES.includes(attachment.media_type)) {
    link.className = 'picture';
    link.removeAttribute('download');
    link.append(
      h('img', { src: href, alt: attachment.name, loading: 'lazy', on: { error: plain } }),
    );
  } else plain();
  return link;
}

function meta(row: MessageRow, context: RowContext): HTMLElement | null {
  const { texts } = context.language;
  if (row.state === 'failed') return failure(row, context);
  if (!row.last && row.state === null) return null;
  const words = { sending: texts.sending, sent: texts.sent, seen: texts.seen };
  const state = row.state === null ? '' : ` · ${words[row.state]}`;
  const clock = h(
    'time',
    { datetime: new Date(row.at).toISOString() },
    time(row.at, context.language),
  );
  return h(
    'p',
    { class: row.state === 'sending' ? 'meta late' : 'meta', 'aria-live': 'off' },
    clock,
    state,
  );
}

function failure(row: MessageRow, context: RowContext): HTMLElement {
  const { texts } = context.language;
  const id = row.clientId ?? '';
  return h(
    'div',
    { class: 'meta problem' },
    `${texts.notSent}. ${reason(row.reason, context.language)} `,
    h(
      'button',
      { class: 'link', type: 'button', on: { click: () => context.retry(id) } },
      texts.again,
    ),
    h(
      'button',
      { class: 'link', type: 'button', on: { click: () => context.discard(id) } },
      texts.discard,
    ),
  );
}

function reason(code: string | null, { texts }: Language): string {
  if (code === 'too_large') return fill(texts.textTooLong, { n: '8000' });
  if (code === 'bad_file') return `${texts.fileRefused}.`;
  return code === 'closed' ? texts.refusedClosed : texts.refusedInvalid;
}
