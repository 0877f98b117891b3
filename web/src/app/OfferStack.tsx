/** Offered contacts as cards over the list: seen, heard, never in the way of typing. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import i18next from 'i18next';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { dropOffer, putConversation, refreshLists } from '@/api/sync';
import { offersQuery, routingApi } from '@/api/routing';
import { useCan, useClientBadge } from '@/api/session';
import type { Offer } from '@/api/types';
import { useOfferSignals } from '@/app/offerSignals';
import { useActions } from '@/components/actions';
import { Brand } from '@/components/Brand';
import { ChannelIcon } from '@/components/ChannelIcon';
import { useNow } from '@/components/clock';
import { toastError } from '@/components/errors';
import { Keys } from '@/components/Keys';
import { displayName } from '@/components/names';
import { Since } from '@/components/Times';
import classes from './OfferStack.module.css';

export function OfferStack() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const works = useCan('presence.set');
  const { data } = useQuery({ ...offersQuery, enabled: works });
  const now = useNow();
  const offers = (data?.items ?? []).filter(
    (offer) => new Date(offer.expires_at).getTime() > now - 2000,
  );
  useOfferSignals(offers);

  const accept = useMutation({
    mutationFn: (offer: Offer) => routingApi.accept(offer.id),
    onSuccess: (row, offer) => {
      dropOffer(offer.id);
      putConversation(row);
      refreshLists();
      void navigate({
        to: '/desk/$view/$conversationId',
        params: { view: 'mine', conversationId: row.id },
      });
    },
    onError: (error, offer) => {
      dropOffer(offer.id);
      toastError(error);
    },
  });
  const decline = useMutation({
    mutationFn: (offer: Offer) => routingApi.decline(offer.id),
    onMutate: (offer) => dropOffer(offer.id),
    onError: toastError,
  });
  const first = offers[0];
  useActions(
    first
      ? [
          {
            id: 'offer.accept',
            name: t('offer.acceptFrom', { name: displayName(first.customer_name) }),
            group: t('group.offer'),
            keys: 'alt+a',
            whileTyping: true,
            run: () => accept.mutate(first),
          },
          {
            id: 'offer.decline',
            name: t('offer.declineFrom', { name: displayName(first.customer_name) }),
            group: t('group.offer'),
            keys: 'alt+x',
            whileTyping: true,
            run: () => decline.mutate(first),
          },
        ]
      : [],
  );
  return (
    <section className={classes.stack} aria-label={t('offer.region')}>
      <div className="visually-hidden" role="status" aria-live="assertive">
        {first &&
          t('offer.spoken', { name: displayName(first.customer_name), queue: first.queue_name })}
      </div>
      {offers.map((offer, index) => (
        <OfferCard
          key={offer.id}
          offer={offer}
          keyed={index === 0}
          busy={accept.isPending}
          onAccept={() => accept.mutate(offer)}
          onDecline={() => decline.mutate(offer)}
        />
      ))}
    </section>
  );
}

/** Why this agent, in words; what the router adds later is left out until it has words. */
function reasonText(reason: string): string {
  const key = `offer.reason.${reason}`;
  return i18next.exists(key) ? (i18next.t as (key: string) => string)(key) : '';
}

function OfferCard({
  offer,
  keyed,
  busy,
  onAccept,
  onDecline,
}: {
  offer: Offer;
  keyed: boolean;
  busy: boolean;
  onAccept: () => void;
  onDecline: () => void;
}) {
  const { t } = useTranslation();
  const badge = useClientBadge(offer.client_id);
  const card = useRef<HTMLElement>(null);

  useEffect(() => {
    // Take the focus only where nobody is working: never from a field or a menu.
    if (keyed && document.activeElement === document.body) {
      card.current
        ?.querySelector<HTMLElement>('button[data-accept]')
        ?.focus({ preventScroll: true });
    }
  }, [keyed]);

  return (
    <article ref={card} className={classes.card} style={{ '--brand': badge.color }}>
      <header className={classes.head}>
        <Brand clientId={offer.client_id} size="large" />
        <Countdown offer={offer} />
      </header>
      <div className={classes.who}>
        <ChannelIcon channel={offer.channel} />
        <strong dir="auto">{displayName(offer.customer_name)}</strong>
        <span className={classes.wait}>
          {t('offer.waits')} <Since at={offer.waiting_since} />
        </span>
      </div>
      <p className={classes.preview} dir="auto">
        {offer.preview}
      </p>
      <p className={classes.reason}>
        {[offer.queue_name, reasonText(offer.reason)].filter(Boolean).join(' · ')}
      </p>
      <div className={classes.buttons}>
        <Button
          data-accept
          loading={busy}
          onClick={onAccept}
          rightSection={keyed && <Keys keys="alt+a" />}
        >
          {t('offer.accept')}
        </Button>
        <Button variant="default" onClick={onDecline} rightSection={keyed && <Keys keys="alt+x" />}>
          {t('offer.decline')}
        </Button>
      </div>
    </article>
  );
}

const RADIUS = 14;
const AROUND = 2 * Math.PI * RADIUS;

function Countdown({ offer }: { offer: Offer }) {
  const { t } = useTranslation();
  const now = useNow();
  const end = new Date(offer.expires_at).getTime();
  const whole = Math.max(1, end - new Date(offer.offered_at).getTime());
  const left = Math.max(0, Math.ceil((end - now) / 1000));
  const share = Math.min(1, (left * 1000) / whole);
  return (
    <span className={classes.ring} title={t('offer.left', { count: left })}>
      <svg viewBox="0 0 32 32" aria-hidden>
        <circle cx="16" cy="16" r={RADIUS} className={classes.track} />
        <circle
          cx="16"
          cy="16"
          r={RADIUS}
          className={classes.arc}
          strokeDasharray={AROUND}
          strokeDashoffset={AROUND * (1 - share)}
        />
      </svg>
      <span>{left}</span>
    </span>
  );
}
