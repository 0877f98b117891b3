/** Mailboxes that stay at another provider and are polled: how to sign in, what becomes of mail, how it goes. */
import { NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { MailAddress, Mailbox } from '@/api/types';
import { Brand } from '@/components/Brand';
import { showToast } from '@/components/toasts';
import { MailboxSignIn, type MailboxValues } from '@/features/setup/channels/MailboxSignIn';
import { awaitsConsent, MailboxState } from '@/features/setup/channels/MailboxState';
import { placeAt, providerOf, PROVIDERS } from '@/features/setup/channels/providers';
import { ActiveSwitch } from '@/features/setup/parts/ActiveSwitch';
import { allOf, formOf } from '@/features/setup/parts/collection';
import { Mark } from '@/features/setup/parts/Mark';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { RemoveButton } from '@/features/setup/parts/Removal';
import { useSave } from '@/features/setup/parts/saved';
import { Split, useClientFilter } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';

export function Mailboxes() {
  const { t } = useTranslation(['setup', 'common']);
  const navigate = useNavigate();
  const { connection }: { connection?: string } = useSearch({ strict: false });
  useEffect(() => {
    if (connection !== 'over') return;
    showToast({ tone: 'bad', text: t('mailboxes.over') }, 0);
    void navigate({
      to: '/setup/$section',
      params: { section: 'mailboxes' },
      search: {},
      replace: true,
    });
  }, [connection, navigate, t]);
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
        side: (one.problem ?? awaitsConsent(one)) && (
          <IconAlertTriangle size={16} color="var(--bad)" aria-label={t('mailboxes.failing')} />
        ),
        off: !one.active,
      })}
      children={(item) => <MailboxForm item={item} />}
    />
  );
}

/** Only what is filled in is sent: an empty secret means that the kept one stays. */
function bodyOf(values: MailboxValues, fresh: boolean): Record<string, unknown> {
  const { mail_address_id, take_existing, region, ...rest } = values;
  const filled = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
  const body = { ...filled, region: region || null };
  return fresh ? { ...body, mail_address_id, take_existing } : body;
}

function MailboxForm({ item }: { item: Mailbox | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const client = useClientFilter();
  const save = useSave<Mailbox>('mailboxes', 'mailboxes', item);
  const addresses =
    useQuery(allOf<MailAddress>('mail-addresses', client ? { client_id: client } : {})).data ?? [];
  const shown = (one: Mailbox | null): MailboxValues => ({
    mail_address_id: one?.mail_address_id ?? '',
    host: one?.host ?? '',
    port: one?.port ?? 993,
    tls: one?.tls ?? 'tls',
    username: one?.username ?? '',
    region: one?.region ?? '',
    auth: one?.auth ?? 'password',
    authorize_url: one?.authorize_url ?? '',
    token_url: one?.token_url ?? '',
    revoke_url: one?.revoke_url ?? '',
    oauth_client_id: one?.oauth_client_id ?? '',
    scope: one?.scope ?? '',
    folder: one?.folder ?? 'INBOX',
    after_taking: one?.after_taking ?? 'leave',
    move_to: one?.move_to ?? '',
    poll_seconds: one?.poll_seconds ?? 60,
    take_existing: false,
    password: '',
    client_secret: '',
  });
  const form = useForm<MailboxValues>({
    ...formOf('mailboxes', item, shown),
    fixed: ['mail_address_id', 'take_existing'],
    required: ['mail_address_id', 'host', 'username', 'folder'],
    save: async (values, before) =>
      shown(
        await save(bodyOf(values, !item), item ? bodyOf(before, false) : before, values.username),
      ),
  });
  const { values } = form;
  const provider = providerOf(values);
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
      {item && <MailboxState item={item} form={form} />}
      <Fields title={t('mailboxes.where')}>
        <Select
          label={t('mailboxes.provider')}
          allowDeselect={false}
          data={PROVIDERS.map((value) => ({ value, label: t(`mailboxes.${value}`) }))}
          value={provider}
          onChange={(value) =>
            form.set(
              value === 'google' || value === 'microsoft'
                ? { port: 993, tls: 'tls', ...placeAt(value, 'refresh_token') }
                : { host: '', authorize_url: '', token_url: '', revoke_url: '', scope: '' },
            )
          }
        />
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
            onChange={(value) => value && form.set({ tls: value as MailboxValues['tls'] })}
          />
        </Row>
        <TextInput
          label={t('mailboxes.region')}
          description={t('mailboxes.regionHint')}
          dir="ltr"
          {...form.text('region')}
        />
      </Fields>
      <MailboxSignIn item={item} form={form} />
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
              value && form.set({ after_taking: value as MailboxValues['after_taking'] })
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
