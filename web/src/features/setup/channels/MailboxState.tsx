/** How a mailbox is doing, looked at again every few seconds; ways to connect it and to try it at once. */
import { Button } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconClock,
  IconExternalLink,
  IconPlugConnected,
  IconPlugOff,
  IconPlugX,
} from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import type { ConsentPage, Mailbox, MailboxCheck, MailboxProblem } from '@/api/types';
import { errorText, toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { When } from '@/components/Times';
import { itemOf } from '@/features/setup/parts/collection';
import { Fields } from '@/features/setup/parts/FormPanel';
import type { Form } from '@/features/setup/parts/useForm';
import classes from './Mail.module.css';

/** Whether nobody has consented yet. */
export const awaitsConsent = (one: Mailbox) => one.auth === 'refresh_token' && !one.connected_at;

/** Whether it was connected and not polled since. */
const isFresh = (one: Mailbox) =>
  one.active &&
  one.connected_at !== null &&
  !one.problem &&
  (!one.checked_at || one.checked_at < one.connected_at);

const ICONS = {
  bad: IconAlertTriangle,
  good: IconCheck,
  fresh: IconPlugConnected,
  new: IconClock,
  off: IconPlugOff,
  waiting: IconPlugX,
};

export function MailboxState<V extends object>({ item, form }: { item: Mailbox; form: Form<V> }) {
  const { t } = useTranslation(['setup', 'common']);
  const format = useFormat();
  const now = useQuery({
    ...itemOf<Mailbox>('mailboxes', item.id),
    refetchInterval: ({ state }) => (state.data && isFresh(state.data) ? 2_000 : 10_000),
  });
  const one = now.data ?? item;
  const state = !one.active
    ? 'off'
    : awaitsConsent(one)
      ? 'waiting'
      : one.problem
        ? 'bad'
        : isFresh(one)
          ? 'fresh'
          : one.checked_at
            ? 'good'
            : 'new';
  const Icon = ICONS[state];
  return (
    <Fields title={t('mailboxes.state')}>
      <div
        className={classes.answer}
        data-fine={state === 'bad' ? false : state === 'good' || state === 'fresh' || 'yet'}
        role="status"
      >
        <Icon size={16} aria-hidden />
        <div>
          <strong>{t(`mailboxes.is.${state}`)}</strong>
          {state === 'bad' && one.problem && <Trouble problem={one.problem} answer={one.answer} />}
          <dl className={classes.facts}>
            {one.connected_at && (
              <Fact name={t('mailboxes.connected')}>
                <When at={one.connected_at} />
              </Fact>
            )}
            {one.checked_at && (
              <Fact name={t('mailboxes.checked')}>
                <When at={one.checked_at} />
              </Fact>
            )}
            {one.failing_since && (
              <>
                <Fact name={t('mailboxes.since')}>
                  <When at={one.failing_since} />
                </Fact>
                <Fact name={t('mailboxes.next')}>
                  <When at={one.next_at} />
                </Fact>
              </>
            )}
            <Fact name={t('mailboxes.taken')}>{format.number(one.taken)}</Fact>
          </dl>
        </div>
      </div>
      {one.connect_problem && (
        <Told fine={false}>
          <strong>{t('mailboxes.notConnected')}</strong>
          <Trouble problem={one.connect_problem} answer={one.connect_answer} />
        </Told>
      )}
      {one.authorize_url && one.auth === 'refresh_token' && <Connecting one={one} form={form} />}
      {!awaitsConsent(one) && <Trying one={one} onTried={() => void now.refetch()} />}
    </Fields>
  );
}

/** The way to the provider's page: what was typed is saved first. */
function Connecting<V extends object>({ one, form }: { one: Mailbox; form: Form<V> }) {
  const { t } = useTranslation(['setup', 'common']);
  const connect = useMutation({
    mutationFn: async () => {
      if (form.isDirty() && !(await form.submit())) return null;
      return http.post<ConsentPage>(`/api/mailboxes/${one.id}/connect`, {});
    },
    onSuccess: (page) => page && window.location.assign(page.address),
    onError: toastError,
  });
  const wanted = awaitsConsent(one) || one.problem === 'consent';
  return (
    <div>
      <Button
        variant={wanted ? 'filled' : 'default'}
        loading={connect.isPending || Boolean(connect.data)}
        rightSection={<IconExternalLink size={14} aria-hidden />}
        onClick={() => connect.mutate()}
      >
        {t(awaitsConsent(one) ? 'mailboxes.connect' : 'mailboxes.reconnect')}
      </Button>
      <p className={classes.hint}>
        {t('mailboxes.connectHint', { host: one.authorize_url.split('/')[2], user: one.username })}
      </p>
    </div>
  );
}

function Trying({ one, onTried }: { one: Mailbox; onTried: () => void }) {
  const { t } = useTranslation(['setup', 'common']);
  const check = useMutation({
    mutationFn: () => http.post<MailboxCheck>(`/api/mailboxes/${one.id}/check`, {}),
    onSettled: onTried,
  });
  return (
    <>
      <div>
        <Button
          variant="default"
          loading={check.isPending}
          leftSection={<IconPlugConnected size={14} aria-hidden />}
          onClick={() => check.mutate()}
        >
          {t('mailboxes.try')}
        </Button>
      </div>
      <div role="status">
        {(check.data ?? check.error) && (
          <Told fine={check.data?.connected === true}>
            {check.error ? (
              errorText(check.error)
            ) : check.data?.problem ? (
              <Trouble problem={check.data.problem} answer={check.data.answer} />
            ) : (
              <>
                <strong>{t('mailboxes.works')}</strong>
                <code>{check.data?.folders.join(' · ')}</code>
              </>
            )}
          </Told>
        )}
      </div>
    </>
  );
}

function Told({ fine, children }: { fine: boolean; children: ReactNode }) {
  const Icon = fine ? IconCheck : IconAlertTriangle;
  return (
    <div className={classes.answer} data-fine={fine}>
      <Icon size={16} aria-hidden />
      <div>{children}</div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Trouble({ problem, answer }: { problem: MailboxProblem; answer: string | null }) {
  const { t } = useTranslation('setup');
  return (
    <>
      <p>{t(`mailboxes.problem.${problem}`)}</p>
      {answer && <code dir="auto">{answer}</code>}
    </>
  );
}
