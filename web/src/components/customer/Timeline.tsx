/** The customer's history over all channels; what has a contact behind it opens it. */
import {
  IconArrowMerge,
  IconArrowsSplit,
  IconCircleCheck,
  IconMessagePlus,
  IconNote,
  IconPencil,
  IconRotate,
  IconShieldCheck,
  IconShare,
} from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { timelineQuery } from '@/api/customers';
import { ChannelIcon } from '@/components/ChannelIcon';
import { Listing } from '@/components/Listing';
import { When } from '@/components/Times';
import type { TimelineEntry } from '@/api/types';
import classes from './Customer.module.css';

const ICONS = {
  conversation_started: IconMessagePlus,
  conversation_ended: IconCircleCheck,
  conversation_reopened: IconRotate,
  channel_added: IconShare,
  customer_merged: IconArrowMerge,
  customer_unmerged: IconArrowsSplit,
  consent_changed: IconShieldCheck,
  attribute_changed: IconPencil,
  note_added: IconNote,
};

export function Timeline({ customerId, currentId }: { customerId: string; currentId?: string }) {
  return (
    <Listing
      query={useInfiniteQuery(timelineQuery(customerId))}
      skeletons={{ count: 3, height: 44 }}
    >
      {(entries) => (
        <ol className={classes.timeline}>
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} current={entry.conversation_id === currentId} />
          ))}
        </ol>
      )}
    </Listing>
  );
}

function Entry({ entry, current }: { entry: TimelineEntry; current: boolean }) {
  const { t } = useTranslation();
  const Icon = ICONS[entry.kind];
  const words = (
    <>
      <span className={classes.entryKind}>
        {t(`timeline.${entry.kind}`)}
        {entry.channel && <ChannelIcon channel={entry.channel} size={12} />}
      </span>
      {entry.summary && (
        <span className={classes.entrySummary} dir="auto">
          {entry.summary}
        </span>
      )}
      <span className={classes.quiet}>
        <When at={entry.at} />
        {entry.actor_name && ` · ${entry.actor_name}`}
      </span>
    </>
  );
  return (
    <li className={classes.entry} aria-current={current ? 'true' : undefined}>
      <Icon size={14} aria-hidden className={classes.entryIcon} />
      {entry.conversation_id && !current ? (
        <Link
          className={classes.entryBody}
          to="/desk/$view/$conversationId"
          params={{ view: 'all', conversationId: entry.conversation_id }}
          search={{}}
        >
          {words}
        </Link>
      ) : (
        <span className={classes.entryBody}>{words}</span>
      )}
    </li>
  );
}
