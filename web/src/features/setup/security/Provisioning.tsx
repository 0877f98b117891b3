/** Tokens with which providers' directories keep their people and groups: made here, shown once, revoked here. */
import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { ScimToken } from '@/api/types';
import { When } from '@/components/Times';
import { CopyBox } from '@/features/setup/parts/CopyBox';
import { Fields, FormPanel, LookPanel, Row } from '@/features/setup/parts/FormPanel';
import { Labelled } from '@/features/setup/parts/Labelled';
import { LinesEditor } from '@/features/setup/parts/LinesEditor';
import { MadeOnce, useMadeOnce } from '@/features/setup/parts/MadeOnce';
import { ProviderPick, useProviders } from '@/features/setup/parts/pickers';
import { Removal } from '@/features/setup/parts/Removal';
import { Split } from '@/features/setup/parts/Split';

const KIND = 'scim-tokens';

export function Provisioning() {
  const providers = useProviders();
  return (
    <Split<ScimToken>
      section="provisioning"
      kind={KIND}
      lineOf={(one) => ({
        name: one.name,
        detail: providers.find((provider) => provider.id === one.provider_id)?.name,
        off: one.revoked_at !== null,
      })}
      children={(item) => (item ? <TokenPanel item={item} /> : <NewToken />)}
    />
  );
}

function Address() {
  const { t } = useTranslation('setup');
  const { base_url } = useMe();
  return (
    <Labelled label={t('provisioning.address')} description={t('provisioning.addressHint')}>
      <CopyBox label={t('provisioning.address')} text={`${base_url}/scim/v2`} />
    </Labelled>
  );
}

function NewToken() {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const { form, secret } = useMadeOnce<
    { provider_id: string | null; name: string; networks: string[] },
    { token: ScimToken; secret: string }
  >({
    kind: KIND,
    initial: { provider_id: me.person.provider_id, name: '', networks: [] },
    required: ['provider_id', 'name'],
    body: (values) => ({ ...values, networks: values.networks.filter((one) => one.trim()) }),
    made: ({ token }) => token,
  });
  if (secret) {
    return (
      <MadeOnce
        section="provisioning"
        title={form.values.name}
        secret={secret}
        label={t('provisioning.made')}
        hint={t('provisioning.once')}
      >
        <Address />
      </MadeOnce>
    );
  }
  return (
    <FormPanel
      form={form}
      section="provisioning"
      title={t('common:setupNew.provisioning')}
      lead={t('provisioning.lead')}
      saveName={t('provisioning.make')}
    >
      <Fields>
        <Row>
          <TextInput label={t('field.name')} autoComplete="off" {...form.text('name')} />
          <ProviderPick label={t('field.provider')} {...form.bind('provider_id')} />
        </Row>
        <LinesEditor
          label={t('provisioning.networks')}
          description={t('provisioning.networksHint')}
          placeholder="203.0.113.0/24"
          most={200}
          errorAt={(index) => form.error(`networks/${index}`)}
          {...form.bind('networks')}
        />
      </Fields>
    </FormPanel>
  );
}

function TokenPanel({ item }: { item: ScimToken }) {
  const { t } = useTranslation('setup');
  const owner = useProviders().find((one) => one.id === item.provider_id);
  return (
    <LookPanel
      section="provisioning"
      title={item.name}
      lead={
        <>
          <bdi>{owner?.name}</bdi>
          <code dir="ltr">{`cls_${item.prefix}…`}</code>
        </>
      }
    >
      <Fields title={t('provisioning.use')}>
        <Address />
        <Labelled label={t('provisioning.lastUsed')}>
          {item.last_used_at ? <When at={item.last_used_at} /> : t('provisioning.never')}
        </Labelled>
        {item.answered_by && (
          <Labelled label={t('provisioning.answered')} description={t('provisioning.answeredHint')}>
            <bdi>{item.answered_by}</bdi>
          </Labelled>
        )}
        {item.networks.length > 0 && (
          <Labelled label={t('provisioning.networks')}>{item.networks.join(', ')}</Labelled>
        )}
        {item.revoked_at && (
          <Labelled label={t('provisioning.revokedAt')}>
            <When at={item.revoked_at} />
          </Labelled>
        )}
      </Fields>
      {!item.revoked_at && (
        <Removal
          kind={KIND}
          section="provisioning"
          item={item}
          name={item.name}
          hint={t('provisioning.removalHint')}
          words={{ title: t('provisioning.revoke'), now: t('provisioning.revokeNow') }}
          done={t('provisioning.revoked', { name: item.name })}
        />
      )}
    </LookPanel>
  );
}
