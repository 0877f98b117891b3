/** Wrapping up: the likely outcome is chosen already, Enter confirms it. */
import { Button, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { isComposing, strokeOf } from '@/components/actions';
import { queryClient } from '@/api/client';
import { conversationsApi, dispositionsQuery, threadQuery } from '@/api/conversations';
import { presenceQuery, routingApi } from '@/api/routing';
import type { Conversation, Disposition } from '@/api/types';
import { toastError } from '@/components/errors';
import { Keys } from '@/components/Keys';
import { displayName } from '@/components/names';
import { Failed, RowSkeletons } from '@/components/States';
import { showToast } from '@/components/toasts';
import { rankDispositions } from '@/features/desk/conversation/guess';
import { settle } from '@/features/desk/conversation/useConversationDeeds';
import { useNext } from '@/features/desk/conversation/useNext';
import classes from './WrapUp.module.css';

type Then = 'next' | 'pause';

const lastKey = (programId: string) => `careloom.disposition.${programId}`;

export function WrapUp({
  row,
  onClose,
}: {
  row: Conversation;
  onClose?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const next = useNext();
  const query = useQuery(dispositionsQuery(row.client_id, row.program_id));
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [wanted, setWanted] = useState<Then | null>(null);
  /** The number of an outcome, pressed before the outcomes were there. */
  const [pressed, setPressed] = useState<number | null>(null);
  const panel = useRef<HTMLElement>(null);

  const dispositions = useMemo(() => {
    const usable = (query.data?.items ?? []).filter(
      (one) => one.active && (!one.program_id || one.program_id === row.program_id),
    );
    const thread = queryClient.getQueryData(threadQuery(row.id).queryKey);
    const said = [
      row.subject,
      ...(thread?.items.filter((one) => one.kind !== 'event').map((one) => one.text) ?? []),
    ];
    return rankDispositions(usable, said.join(' '), localStorage.getItem(lastKey(row.program_id)));
  }, [query.data, row.id, row.program_id, row.subject]);
  const chosen = dispositions.find((one) => one.id === chosenId) ?? dispositions[0];

  useEffect(() => panel.current?.focus(), []);

  const wrapUp = useMutation({
    mutationFn: ({ dispositionId }: { dispositionId: string; name: string; then: Then }) =>
      conversationsApi.wrapUp(row.id, {
        disposition_id: dispositionId,
        ...(note.trim() && { note: note.trim() }),
      }),
    onSuccess: (now, { dispositionId, name, then }) => {
      localStorage.setItem(lastKey(row.program_id), dispositionId);
      if (then === 'next') next(row.id);
      settle(now);
      showToast({
        tone: 'good',
        text: t('wrap.done', { customer: displayName(row.customer_name), outcome: name }),
        action: {
          name: t('action.undo'),
          run: () => {
            conversationsApi.reopen(row.id).then(settle, toastError);
          },
        },
      });
      if (then === 'pause') {
        routingApi.setPresence('break').then((presence) => {
          queryClient.setQueryData(presenceQuery.queryKey, presence);
        }, toastError);
      }
      onClose?.();
    },
    onError: toastError,
  });
  const finish = (one: Disposition | undefined, then: Then) => {
    if (one && !wrapUp.isPending) wrapUp.mutate({ dispositionId: one.id, name: one.name, then });
  };
  const confirm = (then: Then) => {
    if (query.isPending) setWanted(then);
    else finish(chosen, then);
  };
  const doWhatWasPressed = useEffectEvent(() => {
    const one = pressed === null ? chosen : dispositions[pressed - 1];
    if (one && pressed !== null) setChosenId(one.id);
    if (wanted) finish(one, wanted);
    setPressed(null);
    setWanted(null);
  });
  useEffect(() => {
    if (!query.isPending) doWhatWasPressed();
  }, [query.isPending]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    const inField = event.target instanceof HTMLInputElement && event.target.type === 'text';
    const stroke = strokeOf(event.nativeEvent);
    if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      confirm(event.shiftKey ? 'pause' : 'next');
    } else if (event.key === 'Escape' && onClose) {
      event.preventDefault();
      onClose();
    } else if (!inField && /^[1-9]$/.test(stroke)) {
      const picked = dispositions[Number(stroke) - 1];
      event.preventDefault();
      if (query.isPending) setPressed(Number(stroke));
      else if (picked) setChosenId(picked.id);
    } else if (!inField && stroke === 'n') {
      event.preventDefault();
      panel.current?.querySelector<HTMLElement>('input[type=text]')?.focus();
    }
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys of the whole panel
    <section
      ref={panel}
      className={classes.panel}
      role="group"
      tabIndex={-1}
      aria-label={t('wrap.title')}
      onKeyDown={onKeyDown}
    >
      <header className={classes.head}>
        <h2>{t('wrap.title')}</h2>
        <span className={classes.hint}>{t('wrap.hint')}</span>
        {onClose && (
          <button
            type="button"
            className={classes.close}
            aria-label={t('action.close')}
            onClick={onClose}
          >
            <IconX size={16} />
          </button>
        )}
      </header>
      {query.isPending ? (
        <>
          <RowSkeletons count={1} height={48} />
          <p className={classes.hint} role="status">
            {pressed === null ? t('wrap.loading') : t('wrap.pressed', { number: pressed })}
          </p>
        </>
      ) : query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : (
        <div className={classes.choices} role="radiogroup" aria-label={t('wrap.outcome')}>
          {dispositions.slice(0, 9).map((one, index) => (
            <button
              key={one.id}
              type="button"
              role="radio"
              aria-checked={one.id === chosen?.id}
              className={classes.choice}
              onClick={() => setChosenId(one.id)}
              onDoubleClick={() => confirm('next')}
            >
              <Keys keys={String(index + 1)} />
              {one.name}
              {!one.resolved && <span className={classes.hint}>{t('wrap.unresolved')}</span>}
            </button>
          ))}
          {dispositions.length === 0 && <p className={classes.hint}>{t('wrap.none')}</p>}
        </div>
      )}
      <TextInput
        aria-label={t('wrap.note')}
        placeholder={t('wrap.note')}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={classes.buttons}>
        <Button
          disabled={!query.isPending && !chosen}
          loading={wrapUp.isPending || wanted === 'next'}
          onClick={() => confirm('next')}
          rightSection={<Keys keys="enter" />}
        >
          {t('wrap.next')}
        </Button>
        <Button
          variant="default"
          disabled={(!query.isPending && !chosen) || wrapUp.isPending}
          loading={wanted === 'pause'}
          onClick={() => confirm('pause')}
          rightSection={<Keys keys="shift+enter" />}
        >
          {t('wrap.pause')}
        </Button>
      </div>
    </section>
  );
}
