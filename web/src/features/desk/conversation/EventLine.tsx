/** A system event, quietly. */
import i18next from 'i18next';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '@/api/types';
import { When } from '@/components/Times';
import classes from './Thread.module.css';

/** Whom or what the sentence of an event names; where one was erased, a sentence without names takes its place. */
const NAMES: Record<string, readonly string[]> = {
  assigned: ['who', 'name'],
  unassigned: ['who'],
  transferred: ['who', 'name'],
  reopened: ['who'],
  held: ['who'],
  resumed: ['who'],
  delivery_failed: ['recipient'],
  answer_failed: ['reason'],
  complained: ['recipient'],
  recording_paused: ['who', 'reason'],
  recording_resumed: ['who'],
};

/** The sentence of an event; an unknown key is shown as words. */
export function useEventText(): (message: Message) => string {
  const { t } = useTranslation();
  return ({ text, details, author_name }) => {
    const key = `event.${text}`;
    const say = t as (key: string, values?: Record<string, string>) => string;
    if (!i18next.exists(key))
      return [author_name, text.replaceAll('_', ' ')].filter(Boolean).join(': ');
    const named = text === 'assigned' && details.name === author_name ? 'event.took' : key;
    const reason =
      text === 'recording_paused' && details.reason
        ? say(`recording.reason.${details.reason}`)
        : '';
    const values: Record<string, string> = {
      who: author_name,
      name: details.queue ?? '',
      ...details,
      ...(reason && { reason }),
    };
    const nameless = NAMES[text]?.some((name) => !values[name]);
    return say(nameless ? `eventNameless.${text}` : named, values);
  };
}

export const EventLine = memo(function EventLine({ message }: { message: Message }) {
  const eventText = useEventText();
  return (
    <li className={classes.event}>
      {eventText(message)}
      <span>
        <When at={message.at} style="time" />
      </span>
    </li>
  );
});
