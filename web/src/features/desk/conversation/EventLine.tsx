/** A system event, quietly. */
import i18next from 'i18next';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '@/api/types';
import { When } from '@/components/Times';
import classes from './Thread.module.css';

/** The sentence of an event; an unknown key is shown as words. */
export function useEventText(): (message: Message) => string {
  const { t } = useTranslation();
  return ({ text, details, author_name }) => {
    const key = `event.${text}`;
    const say = t as (key: string, values?: Record<string, string>) => string;
    if (!i18next.exists(key))
      return [author_name, text.replaceAll('_', ' ')].filter(Boolean).join(': ');
    const named = text === 'assigned' && details.name === author_name ? 'event.took' : key;
    const reason = text === 'recording_paused' ? say(`recording.reason.${details.reason}`) : '';
    return say(named, {
      who: author_name,
      name: details.queue ?? '',
      ...details,
      ...(reason && { reason }),
    });
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
