/** The customer's other contacts: those still open first, then the last ones. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { conversationList } from '@/api/conversations';
import type { Conversation } from '@/api/types';
import { ChannelIcon } from '@/components/ChannelIcon';
import { itemsOf } from '@/components/Listing';
import { When } from '@/components/Times';
import classes from './Customer.module.css';

export function useContacts(customerId: string): Conversation[] {
  return itemsOf(
    useInfiniteQuery(conversationList({ view: 'all', customer_id: customerId, sort: 'newest' })),
  );
}

export function ContactList({ rows, none }: { rows: readonly Conversation[]; none: string }) {
  const { t } = useTranslation();
  if (rows.length === 0) return <p className={classes.quiet}>{none}</p>;
  return (
    <ul className={classes.list}>
      {rows.map((row) => (
        <li key={row.id}>
          <Link
            className={classes.contact}
            to="/desk/$view/$conversationId"
            params={{ view: 'all', conversationId: row.id }}
            search={{}}
          >
            <ChannelIcon channel={row.channel} size={14} />
            <span className={classes.contactText} dir="auto">
              {row.subject || row.preview}
            </span>
            <span className={classes.quiet}>
              {row.status === 'resolved' ? <When at={row.updated_at} /> : t(`status.${row.status}`)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
