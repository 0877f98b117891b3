/** Mailboxes that stay at another provider and are polled: how to sign in, what becomes of mail, how it goes. */
import { Button, NumberInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconClock,
  IconPlugConnected,
  IconPlugOff,
} from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import type { MailAddress, Mailbox, MailboxCheck, MailboxProblem } from '@/api/types';
import { Brand } from '@/components/Brand';
import { errorText } from '@/components/errors';
import { useFormat } from '@/components/format';
import { When } from '@/components/Times';
import { ActiveSwitch } from '@/features/setup/parts/ActiveSwitch';
import { allOf, itemOf } from '@/features/setup/parts/collection';
import { Mark } from '@/features/setup/parts/Mark';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { RemoveButton } from '@/features/setup/parts/Removal';
import { useSave } from '@/features/setup/parts/saved';
import { Split, useClientFilter } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import classes from './Mail.module.css';

export function Mailboxes() {
  const { t } = useTranslation(['setup', 'common']);
  return (
    <Split<Mailbox>
      section="mailboxes"
      kind="mailboxes"
      byClient
      lineOf={(one) => ({
        name: one.username,
        detail: `${one.host} · ${one.folder}`,
        mark: <Mark clientId={one.client_id} />,
        words: one.host,
        side: one.problem && (
          <IconAlertTriangle size={16} color="var(--bad)" aria-label={t('mailboxes.failing')} />
        ),
        off: !one.active,
      })}
      children={(item) => <MailboxForm item={item} />}
    />
  );
}

interface Values {
  mail_address_id: string;
  host: string;
  port: number;
  tls: Mailbox['tls'];
  username: string;
  auth: Mailbox['auth'];
  token_url: string;
  oauth_client_id: string;
  scope: string;
  folder: string;
  after_taking: Mailbox['after_taking'];
  move_to: string;
  poll_seconds: number;
  take_existing: boolean;
  password: string;
  client_secret: string;
  refresh_token: string;
}

const PROVIDERS = {
  microsoft: {
    host: 'outlook.office365.com',
    auth: 'client_credentials',
    token_url: 'https://login.microsoftonline.com/TENANT/oauth2/v2.0/token',
    scope: 'https://outlook.office365.com/.default',
  },
  google: {
    host: 'imap.gmail.com',
    auth: 'refresh_token',
    token_url: 'https://oauth2.googleapis.com/token',
    scope: 'https://mail.google.com/',
  },
} as const;

/** Only what is filled in is sent: an empty secret means that the kept one stays. */
function bodyOf(values: Values, fresh: boolean): Record<string, unknown> {
  const { mail_address_id, take_existing, ...rest } = values;
  const body = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
  return fresh ? { ...body, mail_address_id, take_existing } : body;
}

function MailboxForm({ item }: { item: Mailbox | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const client = useClientFilter();
  const save = useSave<Mailbox>('mailboxes', 'mailboxes', item);
  const addresses =
    useQuery(allOf<MailAddress>('mail-addresses', client ? { client_id: client } : {})).data ?? [];
  const form = useForm<Values>({
    initial: {
      mail_address_id: item?.mail_address_id ?? '',
      host: item?.host ?? '',
      port: item?.port ?? 993,
      tls: item?.tls ?? 'tls',
      username: item?.username ?? '',
      auth: item?.auth ?? 'password',
      token_url: item?.token_url ?? '',
      oauth_client_id: item?.oauth_client_id ?? '',
      scope: item?.scope ?? '',
      folder: item?.folder ?? 'INBOX',
      after_taking: item?.after_taking ?? 'leave',
      move_to: item?.move_to ?? '',
      poll_seconds: item?.poll_seconds ?? 60,
      take_existing: false,
      password: '',
      client_secret: '',
      refresh_token: '',
    },
    required: ['mail_address_id', 'host', 'username', 'folder'],
    save: async (values, before) =>
      void (await save(
        bodyOf(values, !item),
        item ? bodyOf(before, false) : before,
        values.username,
      )),
  });
  const { values } = form;
  const secret = (key: 'password' | 'client_secret' | 'refresh_token') => (
    <PasswordInput
      label={t(`mailboxes.${key}`)}
      placeholder={item ? t('mailboxes.kept') : undefined}
      autoComplete="new-password"
      {...form.text(key)}
    />
  );
  return (
    <FormPanel
      form={form}
      section="mailboxes"
      title={item?.username ?? t('common:setupNew.mailboxes')}
      lead={item ? <Brand clientId={item.client_id} /> : t('mailboxes.lead')}
      actions={
        item && (
          <>
            <ActiveSwitch kind="mailboxes" item={item} name={item.username} />
            <RemoveButton kind="mailboxes" section="mailboxes" item={item} name={item.username} />
          </>
        )
      }
    >
      {item && <State item={item} />}
      <Fields title={t('mailboxes.where')}>
        {!item && (
          <div className={classes.presets}>
            <span>{t('mailboxes.fillIn')}</span>
            {(['microsoft', 'google'] as const).map((one) => (
              <Button
                key={one}
                size="compact-sm"
                variant="default"
                onClick={() => form.set({ port: 993, tls: 'tls', ...PROVIDERS[one] })}
              >
                {t(`mailboxes.${one}`)}
              </Button>
            ))}
          </div>
        )}
        <Row>
          <Select
            label={t('mailboxes.address')}
            description={t('mailboxes.addressHint')}
            searchable
            allowDeselect={false}
            disabled={Boolean(item)}
            data={addresses.map((one) => ({ value: one.id, label: one.address }))}
            value={values.mail_address_id || null}
            onChange={(id) => {
              const chosen = addresses.find((one) => one.id === id);
              form.set({
                mail_address_id: id ?? '',
                ...(chosen && !values.username && { username: chosen.address }),
              });
            }}
            error={form.error('mail_address_id')}
          />
          <TextInput
            label={t('mailboxes.username')}
            description={t('mailboxes.usernameHint')}
            autoComplete="off"
            {...form.text('username')}
          />
        </Row>
        <Row>
          <TextInput label={t('mailboxes.host')} dir="ltr" {...form.text('host')} />
          <NumberInput
            label={t('mailboxes.port')}
            min={1}
            max={65535}
            allowDecimal={false}
            value={values.port}
            onChange={(value) => form.set({ port: Number(value) || 993 })}
            error={form.error('port')}
          />
          <Select
            label={t('mailboxes.tls')}
            allowDeselect={false}
            data={(['tls', 'starttls', 'none'] as const).map((value) => ({
              value,
              label: t(`mailboxes.tlsKind.${value}`),
            }))}
            {...form.bind('tls')}
            onChange={(value) => value && form.set({ tls: value as Values['tls'] })}
          />
        </Row>
      </Fields>
      <Fields title={t('mailboxes.signIn')} hint={t('mailboxes.signInHint')}>
        <Select
          label={t('mailboxes.auth')}
          allowDeselect={false}
          data={(['password', 'refresh_token', 'client_credentials'] as const).map((value) => ({
            value,
            label: t(`mailboxes.authKind.${value}`),
          }))}
          {...form.bind('auth')}
          onChange={(value) => value && form.set({ auth: value as Values['auth'] })}
        />
        {values.auth === 'password' ? (
          secret('password')
        ) : (
          <>
            <TextInput label={t('mailboxes.tokenUrl')} dir="ltr" {...form.text('token_url')} />
            <Row>
              <TextInput
                label={t('mailboxes.clientId')}
                dir="ltr"
                {...form.text('oauth_client_id')}
              />
              {secret('client_secret')}
            </Row>
            {values.auth === 'refresh_token' && secret('refresh_token')}
            <TextInput label={t('mailboxes.scope')} dir="ltr" {...form.text('scope')} />
          </>
        )}
      </Fields>
      <Fields title={t('mailboxes.mail')}>
        <Row>
          <TextInput label={t('mailboxes.folder')} {...form.text('folder')} />
          <NumberInput
            label={t('mailboxes.every')}
            min={10}
            max={3600}
            allowDecimal={false}
            value={values.poll_seconds}
            onChange={(value) => form.set({ poll_seconds: Number(value) || 60 })}
            error={form.error('poll_seconds')}
          />
        </Row>
        <Row>
          <Select
            label={t('mailboxes.after')}
            allowDeselect={false}
            data={(['leave', 'mark_seen', 'move'] as const).map((value) => ({
              value,
              label: t(`mailboxes.afterKind.${value}`),
            }))}
            {...form.bind('after_taking')}
            onChange={(value) =>
              value && form.set({ after_taking: value as Values['after_taking'] })
            }
          />
          {values.after_taking === 'move' && (
            <TextInput label={t('mailboxes.moveTo')} {...form.text('move_to')} />
          )}
        </Row>
        {!item && (
          <Switch
            label={t('mailboxes.existing')}
            description={t('mailboxes.existingHint')}
            {...form.check('take_existing')}
          />
        )}
      </Fields>
    </FormPanel>
  );
}

/** How the polling goes, looked at again every ten seconds; and a way to try it at once. */
function State({ item }: { item: Mailbox }) {
  const { t } = useTranslation(['setup', 'common']);
  const format = useFormat();
  const now = useQuery({ ...itemOf<Mailbox>('mailboxes', item.id), refetchInterval: 10_000 });
  const one = now.data ?? item;
  const check = useMutation({
    mutationFn: () => http.post<MailboxCheck>(`/api/mailboxes/${item.id}/check`, {}),
    onSettled: () => void now.refetch(),
  });
  const state = !one.active ? 'off' : one.problem ? 'bad' : one.checked_at ? 'good' : 'new';
  const Icon = { bad: IconAlertTriangle, good: IconCheck, new: IconClock, off: IconPlugOff }[state];
  return (
    <Fields title={t('mailboxes.state')}>
      <div
        className={classes.answer}
        data-fine={state === 'bad' ? false : state === 'good' ? true : 'yet'}
        role="status"
      >
        <Icon size={16} aria-hidden />
        <div>
          <strong>{t(`mailboxes.is.${state}`)}</strong>
          {one.problem && <Trouble problem={one.problem} answer={one.answer} />}
          <dl className={classes.facts}>
            {one.checked_at && (
              <>
                <dt>{t('mailboxes.checked')}</dt>
                <dd>
                  <When at={one.checked_at} />
                </dd>
              </>
            )}
            {one.failing_since && (
              <>
                <dt>{t('mailboxes.since')}</dt>
                <dd>
                  <When at={one.failing_since} />
                </dd>
                <dt>{t('mailboxes.next')}</dt>
                <dd>
                  <When at={one.next_at} />
                </dd>
              </>
            )}
            <dt>{t('mailboxes.taken')}</dt>
            <dd>{format.number(one.taken)}</dd>
          </dl>
        </div>
      </div>
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
          <div className={classes.answer} data-fine={check.data?.connected === true}>
            {check.data?.connected ? (
              <IconCheck size={16} aria-hidden />
            ) : (
              <IconAlertTriangle size={16} aria-hidden />
            )}
            <div>
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
            </div>
          </div>
        )}
      </div>
    </Fields>
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
