/** Addresses under which programs write and are written to. */
import { Button, Textarea, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconSend } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useMe } from '@/api/session';
import type { MailAddress } from '@/api/types';
import { Brand } from '@/components/Brand';
import { errorText } from '@/components/errors';
import { ActiveSwitch } from '@/features/setup/parts/ActiveSwitch';
import { Mark } from '@/features/setup/parts/Mark';
import { formOf } from '@/features/setup/parts/collection';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { ProgramPick, QueuePick } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { Split, useClientFilter } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import classes from './Mail.module.css';

export function MailAddresses() {
  return (
    <Split<MailAddress>
      section="email"
      kind="mail-addresses"
      byClient
      lineOf={(one) => ({
        name: one.address,
        detail: one.display_name,
        mark: <Mark clientId={one.client_id} />,
        words: one.display_name,
        off: !one.active,
      })}
      children={(item) => <MailForm item={item} />}
    />
  );
}

function MailForm({ item }: { item: MailAddress | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const client = useClientFilter();
  const save = useSave<MailAddress>('mail-addresses', 'email', item);
  const shown = (one: MailAddress | null): Omit<MailAddress, 'id' | 'client_id' | 'active'> => ({
    program_id: one?.program_id ?? '',
    queue_id: one?.queue_id ?? null,
    address: one?.address ?? '',
    display_name: one?.display_name ?? '',
    signature: one?.signature ?? '',
  });
  const form = useForm<Omit<MailAddress, 'id' | 'client_id' | 'active'>>({
    ...formOf('mail-addresses', item, shown),
    fixed: ['program_id', 'address'],
    required: ['program_id', 'address', 'display_name'],
    rules: (values) => ({
      address: /^[^@\s<>]+@[^@\s<>]+$/.test(values.address) ? undefined : t('form.emailWrong'),
    }),
    save: async (values, before) => shown(await save(values, before, values.address)),
  });
  const { values } = form;
  return (
    <FormPanel
      form={form}
      section="email"
      title={item?.address ?? t('common:setupNew.email')}
      lead={item ? <Brand clientId={item.client_id} /> : t('email.lead')}
      actions={item && <ActiveSwitch kind="mail-addresses" item={item} name={item.address} />}
    >
      <Fields>
        <Row>
          <TextInput
            label={t('email.address')}
            description={item ? t('email.addressFixed') : undefined}
            type="email"
            disabled={Boolean(item)}
            readOnly={form.busy}
            {...form.text('address')}
          />
          <TextInput
            label={t('email.displayName')}
            description={item ? t('email.displayNameHint') : undefined}
            {...form.text('display_name')}
          />
        </Row>
        <Row>
          <ProgramPick
            label={t('field.program')}
            clientId={client ?? null}
            disabled={Boolean(item)}
            value={values.program_id || null}
            onChange={(id) => form.set({ program_id: id ?? '', queue_id: null })}
            error={form.error('program_id')}
          />
          <QueuePick
            label={t('field.queue')}
            placeholder={t('field.queueByRules')}
            clearable
            programId={values.program_id || '-'}
            {...form.bind('queue_id')}
          />
        </Row>
        <Textarea
          label={t('email.signature')}
          description={t('email.signatureHint')}
          autosize
          minRows={3}
          {...form.text('signature')}
        />
      </Fields>
      {item && (
        <Fields title={t('email.test')} hint={t('email.testHint')}>
          <TestMail item={item} />
        </Fields>
      )}
    </FormPanel>
  );
}

function TestMail({ item }: { item: MailAddress }) {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const [to, setTo] = useState(me.person.email);
  const send = useMutation({
    mutationFn: () =>
      http.post<{ sent: boolean; answer: string }>(`/api/mail-addresses/${item.id}/test`, { to }),
  });
  const fine = send.data?.sent === true;
  return (
    <div>
      <div className={classes.test}>
        <TextInput
          label={t('email.testTo')}
          type="email"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            send.mutate();
          }}
        />
        <Button
          variant="default"
          loading={send.isPending}
          disabled={!to.includes('@')}
          leftSection={<IconSend size={14} aria-hidden />}
          onClick={() => send.mutate()}
        >
          {t('email.testSend')}
        </Button>
      </div>
      <div role="status">
        {(send.data ?? send.error) && (
          <div className={classes.answer} data-fine={fine}>
            {fine ? (
              <IconCheck size={16} aria-hidden />
            ) : (
              <IconAlertTriangle size={16} aria-hidden />
            )}
            <div>
              <strong>{t(fine ? 'email.testDone' : 'email.testFailed')}</strong>
              <code>{send.data ? send.data.answer : errorText(send.error)}</code>
            </div>
          </div>
        )}
      </div>
    </div>
  );
}
