/** How one signs in to a mailbox: by password, by consent on the provider's page, or as an application. */
import { PasswordInput, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Mailbox } from '@/api/types';
import { placeAt, providerOf, tenantOf, waysOf } from '@/features/setup/channels/providers';
import { CallbackAddress } from '@/features/setup/parts/CallbackAddress';
import { Fields, Row } from '@/features/setup/parts/FormPanel';
import type { Form } from '@/features/setup/parts/useForm';

type Shown =
  | 'mail_address_id'
  | 'host'
  | 'port'
  | 'tls'
  | 'username'
  | 'auth'
  | 'authorize_url'
  | 'token_url'
  | 'revoke_url'
  | 'oauth_client_id'
  | 'scope'
  | 'folder'
  | 'after_taking'
  | 'move_to'
  | 'poll_seconds';

export type MailboxValues = Pick<Mailbox, Shown> & {
  region: string;
  take_existing: boolean;
  password: string;
  client_secret: string;
};

export function MailboxSignIn({ item, form }: { item: Mailbox | null; form: Form<MailboxValues> }) {
  const { t } = useTranslation(['setup', 'common']);
  const { values } = form;
  const provider = providerOf(values);
  const byConsent = values.auth === 'refresh_token';
  const secret = (key: 'password' | 'client_secret') => (
    <PasswordInput
      label={t(`mailboxes.${key}`)}
      placeholder={item ? t('mailboxes.kept') : undefined}
      autoComplete="new-password"
      {...form.text(key)}
    />
  );
  return (
    <Fields title={t('mailboxes.signIn')} hint={t('mailboxes.signInHint')}>
      <Select
        label={t('mailboxes.auth')}
        allowDeselect={false}
        data={waysOf(provider).map((value) => ({
          value,
          label: t(`mailboxes.authKind.${value}`),
        }))}
        {...form.bind('auth')}
        onChange={(value) => {
          const auth = value as Mailbox['auth'];
          form.set(provider === 'other' ? { auth } : placeAt(provider, auth, tenantOf(values)));
        }}
      />
      {values.auth === 'password' ? (
        secret('password')
      ) : (
        <>
          {byConsent && <CallbackAddress path="/api/mailboxes/callback" />}
          <Row>
            <TextInput
              label={t('mailboxes.clientId')}
              dir="ltr"
              {...form.text('oauth_client_id')}
            />
            {secret('client_secret')}
          </Row>
          {provider === 'microsoft' && (
            <TextInput
              label={t('mailboxes.tenant')}
              description={t(byConsent ? 'mailboxes.tenantHint' : 'mailboxes.tenantNeeded')}
              dir="ltr"
              value={tenantOf(values)}
              onChange={(event) =>
                form.set(placeAt('microsoft', values.auth, event.currentTarget.value))
              }
            />
          )}
          {provider === 'other' && (
            <>
              {byConsent && (
                <TextInput
                  label={t('mailboxes.authorizeUrl')}
                  description={t('mailboxes.authorizeUrlHint')}
                  dir="ltr"
                  {...form.text('authorize_url')}
                />
              )}
              <Row>
                <TextInput label={t('mailboxes.tokenUrl')} dir="ltr" {...form.text('token_url')} />
                <TextInput label={t('mailboxes.scope')} dir="ltr" {...form.text('scope')} />
              </Row>
              {byConsent && (
                <TextInput
                  label={t('mailboxes.revokeUrl')}
                  description={t('mailboxes.revokeUrlHint')}
                  dir="ltr"
                  {...form.text('revoke_url')}
                />
              )}
            </>
          )}
        </>
      )}
    </Fields>
  );
}
