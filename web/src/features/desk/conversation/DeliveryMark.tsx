/** How far a message got; where it did not arrive, why in plain words, and of mail sending it again. */
import {
  IconAlertTriangle,
  IconCheck,
  IconChecks,
  IconClock,
  IconClockPause,
  IconMailX,
  IconRefresh,
  IconThumbDown,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { putMessages } from '@/api/sync';
import type { Channel, Delivery, Message } from '@/api/types';
import { toastError } from '@/components/errors';
import { When } from '@/components/Times';
import classes from './Message.module.css';

const ICONS = {
  sending: IconClock,
  deferred: IconClockPause,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertTriangle,
  bounced: IconMailX,
  complained: IconThumbDown,
};

const TROUBLE: readonly Delivery[] = ['deferred', 'failed', 'bounced', 'complained'];

export const isTrouble = (delivery: Delivery) => TROUBLE.includes(delivery);

export function DeliveryMark({ message, channel }: { message: Message; channel: Channel }) {
  const { t } = useTranslation();
  const { delivery, details } = message;
  if (delivery === 'none') return null;
  const Icon = ICONS[delivery];
  const reason = details.delivery_reason;
  const mail = channel === 'email';
  // Who serves another channel fetches the answer and reports; until then nobody knows where it is.
  const unconfirmed = delivery === 'sending' && !mail;
  return (
    <span
      className={classes.delivery}
      data-state={delivery}
      title={isTrouble(delivery) ? reason : details.relay_answer}
    >
      <Icon size={14} aria-hidden />
      <span>{unconfirmed ? t('deliveryUnconfirmed') : t(`delivery.${delivery}`)}</span>
      {!details.delivery_cause && isTrouble(delivery) && reason && (
        <bdi className={classes.cause}>{reason}</bdi>
      )}
      {details.delivery_cause && (
        <span className={classes.cause}>
          {t(`deliveryCause.${details.delivery_cause}` as 'deliveryCause.other')}
        </span>
      )}
      {delivery === 'deferred' && details.delivery_next_at && (
        <span className={classes.cause}>
          {t('deliveryNext')} <When at={details.delivery_next_at} style="time" />
        </span>
      )}
      {mail && isTrouble(delivery) && delivery !== 'complained' && <SendAgain message={message} />}
    </span>
  );
}

function SendAgain({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { conversation_id: id, seq } = message;
  const send = useMutation({
    mutationFn: () => http.post<Message>(`/api/conversations/${id}/messages/${seq}/send-again`, {}),
    onSuccess: (sent) => putMessages(id, [sent]),
    onError: toastError,
  });
  return (
    <button
      type="button"
      className={classes.again}
      disabled={send.isPending}
      onClick={() => send.mutate()}
    >
      <IconRefresh size={12} aria-hidden />
      {t('sendAgain')}
    </button>
  );
}
