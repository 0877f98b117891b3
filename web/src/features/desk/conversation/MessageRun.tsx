/** A run of messages by one speaker. */
import { IconLock } from '@tabler/icons-react';
import { Fragment, memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, Message } from '@/api/types';
import { Avatar } from '@/components/Avatar';
import { displayName } from '@/components/names';
import { When } from '@/components/Times';
import { Attachments } from '@/features/desk/conversation/Attachments';
import { DeliveryMark, isTrouble } from '@/features/desk/conversation/DeliveryMark';
import { MailBody } from '@/features/desk/conversation/MailBody';
import { PlainBody } from '@/features/desk/conversation/PlainBody';
import { useRevealed } from '@/features/desk/conversation/Reveal';
import classes from './Message.module.css';

export const MessageRun = memo(function MessageRun({
  messages,
  channel,
  erased,
}: {
  messages: readonly Message[];
  channel: Channel;
  /** Whether what was said in the whole contact was erased. */
  erased: boolean;
}) {
  const { t } = useTranslation();
  const first = messages[0];
  const last = messages[messages.length - 1];
  if (!first || !last) return null;
  const who = first.kind === 'inbound' ? displayName(first.author_name) : first.author_name;
  return (
    <li className={classes.run} data-kind={first.kind}>
      {first.kind !== 'outbound' && <Avatar name={who} size={28} />}
      <div className={classes.body}>
        <div className={classes.who}>
          <strong dir="auto">{who}</strong>
          {first.kind === 'note' && (
            <span className={classes.private}>
              <IconLock size={12} aria-hidden />
              {t('thread.note')}
            </span>
          )}
          <span className={classes.quiet}>
            <When at={first.at} style="time" />
          </span>
        </div>
        {messages.map((message) => (
          <Fragment key={message.seq}>
            {erased || isBlanked(message) ? (
              <p id={`message-${message.seq}`} className={classes.erased}>
                {t('erased.message')}
              </p>
            ) : (
              <Bubble message={message} />
            )}
            {!erased &&
              first.kind === 'outbound' &&
              (message === last || isTrouble(message.delivery)) && (
                <DeliveryMark message={message} channel={channel} />
              )}
          </Fragment>
        ))}
      </div>
    </li>
  );
});

/** A stranger's message in a contact that stays: what they said was erased with their name. */
const isBlanked = (message: Message) =>
  message.kind === 'inbound' &&
  !message.author_name &&
  !message.text &&
  !message.html &&
  message.attachments.length === 0;

function Bubble({ message }: { message: Message }) {
  const { text, html, folded, button } = useRevealed(message);
  return (
    <div id={`message-${message.seq}`} className={classes.bubble}>
      {html ? (
        <MailBody html={html} attachments={message.attachments} />
      ) : (
        <PlainBody text={text} />
      )}
      {folded && <Folded text={folded} />}
      <Attachments files={message.attachments.filter((file) => !file.inline_id || !message.html)} />
      {button}
    </div>
  );
}

function Folded({ text }: { text: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={classes.fold}
        aria-expanded={open}
        aria-label={open ? t('mail.hideQuoted') : t('mail.showQuoted')}
        title={open ? t('mail.hideQuoted') : t('mail.showQuoted')}
        onClick={() => setOpen(!open)}
      >
        <span aria-hidden className={classes.dots} />
      </button>
      {open && (
        <blockquote className={classes.quoted}>
          <PlainBody text={text} />
        </blockquote>
      )}
    </>
  );
}
