/** The conversation as it went. */
import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { caseQuery, olderMessages, threadQuery } from '@/api/conversations';
import { putOlder } from '@/api/sync';
import type { Conversation } from '@/api/types';
import { ChannelIcon } from '@/components/ChannelIcon';
import { toastError } from '@/components/errors';
import { Failed } from '@/components/States';
import { When } from '@/components/Times';
import { EventLine } from '@/features/desk/conversation/EventLine';
import { groupThread } from '@/features/desk/conversation/grouping';
import { MessageRun } from '@/features/desk/conversation/MessageRun';
import { ThreadSkeleton } from '@/features/desk/conversation/ThreadSkeleton';
import { useTyping } from '@/features/desk/conversation/usePeople';
import classes from './Thread.module.css';

const NEAR_END_PX = 80;

export function Thread({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const query = useQuery(threadQuery(row.id, row.last_seq));
  const parts = useMemo(() => groupThread(query.data?.items ?? []), [query.data]);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const heightBefore = useRef<number | null>(null);
  const [unseen, setUnseen] = useState(false);
  const lastMessage = query.data?.items[query.data.items.length - 1];
  const lastSeq = lastMessage?.seq ?? 0;
  const typing = useTyping(row.id);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (heightBefore.current !== null) {
      element.scrollTop += element.scrollHeight - heightBefore.current;
      heightBefore.current = null;
    } else if (atEnd.current) {
      element.scrollTop = element.scrollHeight;
    }
  }, [parts, typing]);

  useEffect(() => {
    if (!atEnd.current && lastSeq > 0) setUnseen(true);
  }, [lastSeq]);

  // Mail frames and images grow after they are drawn: the end stays in sight.
  useEffect(() => {
    const element = scroller.current;
    const inner = element?.firstElementChild;
    if (!element || !inner) return undefined;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(element);
    return () => observer.disconnect();
  }, [query.isPending]);

  const older = useMutation({
    mutationFn: async () => {
      const first = query.data?.items[0];
      if (!first) return;
      const page = await olderMessages(row.id, first.seq);
      heightBefore.current = scroller.current?.scrollHeight ?? null;
      putOlder(row.id, first.seq, page);
    },
    onError: toastError,
  });
  const toEnd = () => {
    atEnd.current = true;
    setUnseen(false);
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  };

  if (query.isPending) return <ThreadSkeleton />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return (
    <div className={classes.outer}>
      <div
        ref={scroller}
        className={classes.scroller}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable
        tabIndex={0}
        role="region"
        aria-label={t('thread.label')}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
          if (atEnd.current) setUnseen(false);
        }}
      >
        <ol className={classes.thread}>
          {query.data.more ? (
            <li className={classes.older}>
              <Button variant="default" loading={older.isPending} onClick={() => older.mutate()}>
                {t('thread.older')}
              </Button>
            </li>
          ) : (
            <Continuation row={row} side="before" />
          )}
          {parts.map((part) =>
            part.type === 'day' ? (
              <li key={part.key} className={classes.day}>
                <When at={part.at} style="day" />
              </li>
            ) : part.type === 'event' ? (
              <EventLine key={part.key} message={part.message} />
            ) : (
              <MessageRun
                key={part.key}
                messages={part.messages}
                channel={row.channel}
                erased={row.erased_at !== null}
              />
            ),
          )}
          <Continuation row={row} side="after" />
          {typing && <li className={classes.typing}>{t('thread.typing', { name: typing })}</li>}
        </ol>
      </div>
      {unseen && (
        <button type="button" className={classes.unseen} onClick={toEnd}>
          <IconArrowDown size={14} aria-hidden />
          {t('thread.newer')}
        </button>
      )}
      <div className="visually-hidden" aria-live="polite">
        {lastMessage?.kind === 'inbound' &&
          t('thread.said', { name: lastMessage.author_name, text: lastMessage.text })}
      </div>
    </div>
  );
}

/** Where the same case went on, or came from, on another channel or in another conversation. */
function Continuation({ row, side }: { row: Conversation; side: 'before' | 'after' }) {
  const { t } = useTranslation();
  const { data } = useQuery(caseQuery(row.case_id));
  const others = (data?.conversations ?? []).filter((one) =>
    side === 'before' ? one.created_at < row.created_at : one.created_at > row.created_at,
  );
  const nearest = others.reduce<Conversation | undefined>((best, one) => {
    if (!best) return one;
    return (side === 'before') === one.created_at > best.created_at ? one : best;
  }, undefined);
  if (!nearest) return null;
  return (
    <li className={classes.continued}>
      <ChannelIcon channel={nearest.channel} size={14} />
      <Link
        to="/desk/$view/$conversationId"
        params={{ view: 'all', conversationId: nearest.id }}
        search={true}
      >
        {t(side === 'before' ? 'thread.before' : 'thread.after', {
          channel: t(`channel.${nearest.channel}`),
        })}
      </Link>
      <When at={nearest.created_at} />
    </li>
  );
}
