/** Where people sign in with their own organization's account: single sign-on by OpenID Connect. */
import { Button, PasswordInput, Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { IdentityProvider, RoleGrant } from '@/api/types';
import { ActiveSwitch } from '@/features/setup/parts/ActiveSwitch';
import { CallbackAddress } from '@/features/setup/parts/CallbackAddress';
import { formOf } from '@/features/setup/parts/collection';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { Labelled } from '@/features/setup/parts/Labelled';
import { LinesEditor } from '@/features/setup/parts/LinesEditor';
import { OwnerPick, useOwnerName } from '@/features/setup/parts/OwnerPick';
import { useSave } from '@/features/setup/parts/saved';
import { Removal } from '@/features/setup/parts/Removal';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import { GrantsEditor } from '@/features/setup/people/GrantsEditor';
import { Answering } from '@/features/setup/security/Answering';

const KIND = 'identity-providers';

interface GroupGrants {
  group: string;
  grants: RoleGrant[];
}

interface Values {
  provider_id: string | null;
  client_id: string | null;
  name: string;
  issuer: string;
  application_id: string;
  secret: string;
  domains: string[];
  groups_claim: string;
  groups: GroupGrants[];
  provisions: boolean;
  only: boolean;
  second_factor: boolean;
}

function byGroup(rules: IdentityProvider['rules']): GroupGrants[] {
  const found = new Map<string, RoleGrant[]>();
  for (const { group, grant } of rules) found.set(group, [...(found.get(group) ?? []), grant]);
  return [...found].map(([group, grants]) => ({ group, grants }));
}

function bodyOf({ groups, secret, provider_id, client_id, ...rest }: Values, isNew: boolean) {
  const rules = groups.flatMap(({ group, grants }) => grants.map((grant) => ({ group, grant })));
  return {
    ...rest,
    rules,
    ...(secret && { secret }),
    ...(isNew && { provider_id, client_id }),
  };
}

export function IdentityProviders() {
  const nameOf = useOwnerName();
  return (
    <Split<IdentityProvider>
      section="identity-providers"
      kind={KIND}
      lineOf={(one) => ({
        name: one.name,
        detail: nameOf(one),
        off: !one.active,
        words: one.issuer,
      })}
      children={(item) => <ProviderForm item={item} />}
    />
  );
}

function ProviderForm({ item }: { item: IdentityProvider | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const save = useSave<IdentityProvider>(KIND, 'identity-providers', item);
  const overAll = me.person.grants.some((one) => one.scope === 'everything');
  const shown = (one: IdentityProvider | null): Values => ({
    provider_id: one ? one.provider_id : overAll ? null : me.person.provider_id,
    client_id: one?.client_id ?? null,
    name: one?.name ?? '',
    issuer: one?.issuer ?? '',
    application_id: one?.application_id ?? '',
    secret: '',
    domains: one?.domains ?? [],
    groups_claim: one?.groups_claim ?? 'groups',
    groups: byGroup(one?.rules ?? []),
    provisions: one?.provisions ?? false,
    only: one?.only ?? false,
    second_factor: one?.second_factor ?? true,
  });
  const form = useForm<Values>({
    ...formOf(KIND, item, shown),
    fixed: ['provider_id', 'client_id'],
    required: ['name', 'issuer', 'application_id', 'groups_claim'],
    save: async (values, before) => {
      return shown(await save(bodyOf(values, !item), bodyOf(before, !item), values.name));
    },
  });
  const { values } = form;
  return (
    <FormPanel
      form={form}
      section="identity-providers"
      title={item?.name ?? t('common:setupNew.identity-providers')}
      lead={t('sso.lead')}
      actions={item && <ActiveSwitch kind={KIND} item={item} name={item.name} />}
    >
      <Fields>
        <OwnerPick
          value={values}
          disabled={Boolean(item)}
          onChange={form.set}
          error={form.error('client_id')}
        />
        <TextInput label={t('field.name')} description={t('sso.nameHint')} {...form.text('name')} />
        <LinesEditor
          label={t('sso.domains')}
          description={t('sso.domainsHint')}
          placeholder="example.com"
          {...form.bind('domains')}
        />
      </Fields>
      <Fields title={t('sso.connection')} hint={t('sso.connectionHint')}>
        <TextInput
          label={t('sso.issuer')}
          placeholder="https://login.example.com"
          {...form.text('issuer')}
        />
        <Row>
          <TextInput label={t('sso.application')} {...form.text('application_id')} />
          <PasswordInput
            label={t('sso.secret')}
            autoComplete="off"
            placeholder={item?.has_secret ? t('sso.kept') : ''}
            {...form.text('secret')}
          />
        </Row>
        <CallbackAddress path="/api/sign-in/sso/callback" />
      </Fields>
      <Fields title={t('sso.people')} hint={t('sso.peopleHint')}>
        <Switch
          label={t('sso.provisions')}
          description={t('sso.provisionsHint')}
          {...form.check('provisions')}
        />
        {values.provisions && (
          <>
            <TextInput label={t('sso.claim')} {...form.text('groups_claim')} />
            <Groups
              providerId={values.provider_id}
              value={values.groups}
              onChange={(groups) => form.set({ groups })}
              error={form.error('rules')}
            />
          </>
        )}
        <Switch
          label={t('sso.secondFactor')}
          description={t('sso.secondFactorHint')}
          {...form.check('second_factor')}
        />
        <Switch label={t('sso.only')} description={t('sso.onlyHint')} {...form.check('only')} />
      </Fields>
      {item && <Answering item={item} />}
      {item && (
        <Removal
          kind={KIND}
          section="identity-providers"
          item={item}
          name={item.name}
          hint={t('sso.removalHint')}
        />
      )}
    </FormPanel>
  );
}

function Groups({
  providerId,
  value,
  onChange,
  error,
}: {
  providerId: string | null;
  value: GroupGrants[];
  onChange: (value: GroupGrants[]) => void;
  error: string | undefined;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const put = (index: number, change: Partial<GroupGrants>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...change } : one)));
  return (
    <Labelled label={t('sso.groups')} description={t('sso.groupsHint')} error={error}>
      {value.map((one, index) => (
        <Fields key={index}>
          <Row>
            <TextInput
              label={t('sso.group')}
              value={one.group}
              onChange={(event) => put(index, { group: event.currentTarget.value })}
            />
            <Button
              variant="default"
              mt="lg"
              onClick={() => onChange(value.filter((_, at) => at !== index))}
            >
              {t('common:action.remove')}
            </Button>
          </Row>
          <GrantsEditor
            providerId={providerId}
            value={one.grants}
            none={t('directoryGroups.none')}
            onChange={(grants) => put(index, { grants })}
            error={() => undefined}
          />
        </Fields>
      ))}
      <Button variant="default" onClick={() => onChange([...value, { group: '', grants: [] }])}>
        {t('sso.addGroup')}
      </Button>
    </Labelled>
  );
}
