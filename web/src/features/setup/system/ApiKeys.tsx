/** Keys with which programs use the API: made here, shown once, revoked here. */
import { Button, MultiSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import { useMe } from '@/api/session';
import type { ApiKey } from '@/api/types';
import { toastError } from '@/components/errors';
import { showToast } from '@/components/toasts';
import { When } from '@/components/Times';
import { itemOf, refresh } from '@/features/setup/parts/collection';
import { Secret } from '@/features/setup/parts/CopyBox';
import { Fields, FormPanel, PanelHead } from '@/features/setup/parts/FormPanel';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import classes from './ApiKeys.module.css';

export function ApiKeys() {
  return (
    <Split<ApiKey>
      section="api-keys"
      kind="api-keys"
      lineOf={(one) => ({
        name: one.name,
        detail: `${one.person_name} · clk_${one.prefix}…`,
        words: one.person_name,
        off: one.revoked_at !== null,
      })}
      children={(item) => (item ? <KeyPanel item={item} /> : <NewKey />)}
    />
  );
}

const wordFor = (permission: string) =>
  `permission.${permission.replace('.', '_')}` as 'permission.people_read';

function NewKey() {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const [secret, setSecret] = useState<string | null>(null);
  const form = useForm<{ name: string; permissions: string[]; client_ids: string[] }>({
    initial: { name: '', permissions: [], client_ids: [] },
    required: ['name'],
    save: async (values) => {
      const made = await http.post<{ key: ApiKey; secret: string }>('/api/api-keys', values);
      queryClient.setQueryData(itemOf<ApiKey>('api-keys', made.key.id).queryKey, made.key);
      refresh('api-keys');
      setSecret(made.secret);
    },
  });
  if (secret) {
    return (
      <>
        <PanelHead section="api-keys" title={form.values.name} />
        <div className={classes.body}>
          <Secret text={secret} label={t('apiKeys.made')} hint={t('apiKeys.once')} />
          <p className={classes.hint}>{t('apiKeys.use')}</p>
          <pre className={classes.sample}>{`Authorization: Bearer ${secret.slice(0, 12)}…`}</pre>
        </div>
      </>
    );
  }
  return (
    <FormPanel
      form={form}
      section="api-keys"
      title={t('common:setupNew.api-keys')}
      lead={t('apiKeys.lead')}
      saveName={t('apiKeys.make')}
    >
      <Fields>
        <TextInput
          label={t('field.name')}
          description={t('apiKeys.nameHint')}
          {...form.text('name')}
        />
        <MultiSelect
          label={t('apiKeys.permissions')}
          description={t('apiKeys.permissionsHint')}
          searchable
          clearable
          data={me.permissions.map((one) => ({ value: one, label: t(wordFor(one), one) }))}
          {...form.bind('permissions')}
        />
        <MultiSelect
          label={t('common:setupSection.clients')}
          description={t('apiKeys.clientsHint')}
          searchable
          clearable
          data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
          {...form.bind('client_ids')}
        />
      </Fields>
    </FormPanel>
  );
}

function KeyPanel({ item }: { item: ApiKey }) {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  // Asks first and has no undo: a revoked key must stay dead, also for a session that was stolen with it.
  const [sure, setSure] = useState(false);
  const revoke = useMutation({
    mutationFn: () => http.delete(`/api/api-keys/${item.id}`),
    onSuccess: () => {
      refresh('api-keys');
      void queryClient.invalidateQueries({ queryKey: itemOf('api-keys', item.id).queryKey });
      showToast({ tone: 'good', text: t('apiKeys.revoked', { name: item.name }) });
    },
    onError: toastError,
  });
  const names = item.client_ids.map(
    (id) => me.clients.find((client) => client.id === id)?.name ?? id,
  );
  return (
    <>
      <PanelHead
        section="api-keys"
        title={item.name}
        lead={<code>{`clk_${item.prefix}…`}</code>}
        actions={
          !item.revoked_at &&
          !sure && (
            <Button variant="default" size="compact-sm" onClick={() => setSure(true)}>
              {t('apiKeys.revoke')}
            </Button>
          )
        }
      />
      <div className={classes.body}>
        {sure && !item.revoked_at && (
          <div className={classes.sure} role="group" aria-label={t('apiKeys.revoke')}>
            <p>{t('apiKeys.sure')}</p>
            <div className={classes.buttons}>
              <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
                {t('apiKeys.revokeNow')}
              </Button>
              <Button variant="default" onClick={() => setSure(false)}>
                {t('apiKeys.keep')}
              </Button>
            </div>
          </div>
        )}
        <dl className={classes.facts}>
          <dt>{t('apiKeys.owner')}</dt>
          <dd dir="auto">{item.person_name}</dd>
          <dt>{t('apiKeys.created')}</dt>
          <dd>
            <When at={item.created_at} style="date" />
          </dd>
          <dt>{t('apiKeys.lastUsed')}</dt>
          <dd>{item.last_used_at ? <When at={item.last_used_at} /> : t('apiKeys.never')}</dd>
          {item.revoked_at && (
            <>
              <dt>{t('apiKeys.revokedAt')}</dt>
              <dd>
                <When at={item.revoked_at} />
              </dd>
            </>
          )}
          <dt>{t('common:setupSection.clients')}</dt>
          <dd>{names.length > 0 ? names.join(', ') : t('apiKeys.allClients')}</dd>
          <dt>{t('apiKeys.permissions')}</dt>
          <dd>
            {item.permissions.length > 0
              ? item.permissions.map((one) => t(wordFor(one), one)).join(', ')
              : t('apiKeys.allPermissions')}
          </dd>
        </dl>
      </div>
    </>
  );
}
