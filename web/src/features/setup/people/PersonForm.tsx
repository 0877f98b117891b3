/** A person: who, where, what they may do, what they can do. One save for all of it. */
import { NumberInput, PasswordInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { ApiError, http } from '@/api/http';
import { profileQuery } from '@/api/routing';
import { useCan, useMe } from '@/api/session';
import type { AgentProfile, Capacity, Channel, Person, RoleGrant, SkillLevel } from '@/api/types';
import { ActiveSwitch } from '@/features/setup/parts/ActiveSwitch';
import { itemOf, readAgain } from '@/features/setup/parts/collection';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { Labelled } from '@/features/setup/parts/Labelled';
import { ClientPick, LanguagesPick, ProviderPick, useTeams } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { LANGUAGES, ownName } from '@/components/languages';
import { useForm } from '@/features/setup/parts/useForm';
import { GrantsEditor } from '@/features/setup/people/GrantsEditor';
import { MIN_PASSWORD, PasswordBox } from '@/features/setup/people/PasswordBox';
import { SignInBox } from '@/features/setup/people/SignInBox';
import { SkillLevels } from '@/features/setup/routing/SkillLevels';
import classes from './People.module.css';

const CHANNELS: readonly Channel[] = ['voice', 'chat', 'sms', 'social', 'email'];
const ROOM: Capacity = { voice: 1, chat: 3, sms: 5, social: 5, email: 8 };

interface Values {
  name: string;
  email: string;
  works: 'provider' | 'client';
  provider_id: string | null;
  client_id: string | null;
  team_id: string | null;
  locale: string;
  password: string;
  grants: RoleGrant[];
  skills: SkillLevel[];
  languages: string[];
  capacity: Capacity;
}

const differ = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other);

/** Reads how somebody who was just made is asked to work; who may not know that sees the form without it. */
async function readProfile(person: Person): Promise<void> {
  await queryClient.prefetchQuery({ ...profileQuery(person.id), retry: false });
}

/** Runs `call`, naming its errors as those of the form's field `under`. */
async function under<T>(field: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) throw error;
    const errors = error.errors.length > 0 ? error.errors : [{ path: '', message: error.detail }];
    throw new ApiError(error.status, {
      title: error.title,
      detail: error.detail,
      errors: errors.map((one) => ({ ...one, path: `/${field}${one.path}` })),
    });
  }
}

export function PersonForm({
  item,
  profile,
}: {
  item: Person | null;
  profile: AgentProfile | null;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const teams = useTeams();
  const setsSkills = useCan('people.write') && profile !== null;
  const reads = useCan('queues.read');
  const save = useSave<Person>('people', 'people', item, reads ? readProfile : undefined);
  const shown = (person: Person | null, work: AgentProfile | null): Values => ({
    name: person?.name ?? '',
    email: person?.email ?? '',
    works: person?.client_id ? 'client' : 'provider',
    provider_id: person ? person.provider_id : me.person.provider_id,
    client_id: person?.client_id ?? null,
    team_id: person?.team_id ?? null,
    locale: person?.locale ?? 'en',
    password: '',
    grants: person?.grants ?? [],
    skills: work?.skills ?? [],
    languages: work?.languages ?? [],
    capacity: work?.capacity ?? ROOM,
  });
  const again = async (person: Person) => {
    const [kept, work] = await Promise.all([
      readAgain<Person>('people', person),
      profile && queryClient.fetchQuery({ ...profileQuery(person.id), staleTime: 0 }),
    ]);
    return shown(kept, work);
  };
  const form = useForm<Values>({
    initial: shown(item, profile),
    ...(item && { again: () => again(item) }),
    fixed: ['works', 'provider_id', 'client_id', 'password'],
    required: ['name', 'email'],
    rules: (values) => ({
      password:
        values.password && values.password.length < MIN_PASSWORD
          ? t('people.passwordShort')
          : undefined,
      email: /^[^@\s]+@[^@\s]+$/.test(values.email) ? undefined : t('form.emailWrong'),
    }),
    save: async (values, before) => {
      const base = ({ name, email, team_id, locale }: Values) => ({ name, email, team_id, locale });
      if (!item) {
        const { works, provider_id, client_id, password, grants } = values;
        const made = await save(
          {
            ...base(values),
            ...(works === 'provider' ? { provider_id } : { client_id }),
            ...(password && { password }),
            grants,
          },
          {},
          values.name,
        );
        return shown(made, queryClient.getQueryData(profileQuery(made.id).queryKey) ?? null);
      }
      if (differ(values.grants, before.grants)) {
        const person = await under(
          'grants',
          http.put<Person>(`/api/people/${item.id}/grants`, values.grants),
        );
        queryClient.setQueryData(itemOf<Person>('people', item.id).queryKey, person);
      }
      let work = queryClient.getQueryData(profileQuery(item.id).queryKey) ?? profile;
      const routing = ({ skills, languages, capacity }: Values) => ({
        skills,
        languages,
        capacity,
      });
      if (differ(routing(values), routing(before))) {
        work = await http.put<AgentProfile>(`/api/people/${item.id}/routing`, routing(values));
        queryClient.setQueryData(profileQuery(item.id).queryKey, work);
      }
      return shown(await save(base(values), base(before), values.name), work);
    },
  });
  const { values } = form;
  const mine = teams.filter((one) => one.provider_id === values.provider_id);
  return (
    <FormPanel
      form={form}
      section="people"
      title={item?.name ?? t('common:setupNew.people')}
      lead={item?.email ?? t('people.lead')}
      actions={
        item &&
        item.id !== me.person.id && <ActiveSwitch kind="people" item={item} name={item.name} />
      }
    >
      <Fields>
        <Row>
          <TextInput label={t('field.name')} autoComplete="off" {...form.text('name')} />
          <TextInput
            label={t('common:signIn.email')}
            type="email"
            autoComplete="off"
            {...form.text('email')}
          />
        </Row>
        {!item && (
          <Labelled label={t('people.worksFor')}>
            <SegmentedControl
              aria-label={t('people.worksFor')}
              data={[
                { value: 'provider', label: t('scope.provider') },
                { value: 'client', label: t('scope.client') },
              ]}
              value={values.works}
              onChange={(works) => form.set({ works: works as Values['works'], team_id: null })}
            />
          </Labelled>
        )}
        <Row>
          {values.works === 'provider' ? (
            <>
              <ProviderPick
                label={t('field.provider')}
                disabled={Boolean(item)}
                value={values.provider_id}
                onChange={(provider_id) => form.set({ provider_id, team_id: null })}
                error={form.error('provider_id')}
              />
              <Select
                label={t('field.team')}
                searchable
                clearable
                data={mine.map((one) => ({ value: one.id, label: one.name }))}
                {...form.bind('team_id')}
              />
            </>
          ) : (
            <ClientPick
              label={t('field.client')}
              disabled={Boolean(item)}
              {...form.bind('client_id')}
            />
          )}
          <Select
            label={t('people.locale')}
            allowDeselect={false}
            data={[...new Set([...LANGUAGES, values.locale])].map((one) => ({
              value: one,
              label: ownName(one),
            }))}
            value={values.locale}
            onChange={(locale) => form.set({ locale: locale ?? 'en' })}
            error={form.error('locale')}
          />
        </Row>
        {!item && (
          <PasswordInput
            label={t('people.firstPassword')}
            description={t('people.firstPasswordHint')}
            autoComplete="new-password"
            {...form.text('password')}
          />
        )}
      </Fields>
      <Fields title={t('grants.title')} hint={t('grants.hint')}>
        <GrantsEditor
          providerId={values.works === 'provider' ? values.provider_id : null}
          value={values.grants}
          none={t('grants.none')}
          onChange={(grants) => form.set({ grants })}
          error={(index) =>
            form.error(`grants/${index}`) ?? (index === 0 ? form.error('grants') : undefined)
          }
        />
      </Fields>
      {setsSkills && (
        <Fields title={t('people.work')} hint={t('people.workHint')}>
          <SkillLevels
            label={t('common:setupSection.skills')}
            description={t('people.skillsHint')}
            providerId={values.provider_id}
            {...form.bind('skills')}
          />
          <LanguagesPick label={t('people.languages')} {...form.bind('languages')} />
          <Labelled
            label={t('people.capacity')}
            description={t('people.capacityHint')}
            error={form.error('capacity')}
          >
            <div className={classes.capacity}>
              {CHANNELS.map((channel) => (
                <NumberInput
                  key={channel}
                  label={t(`common:channel.${channel}`)}
                  min={0}
                  max={channel === 'voice' ? 1 : 50}
                  allowDecimal={false}
                  value={values.capacity[channel]}
                  onChange={(value) =>
                    form.set({ capacity: { ...values.capacity, [channel]: Number(value) } })
                  }
                />
              ))}
            </div>
          </Labelled>
        </Fields>
      )}
      {item && (
        <Fields title={t('people.password')}>
          <PasswordBox person={item} />
        </Fields>
      )}
      {item && item.id !== me.person.id && <SignInBox person={item} />}
    </FormPanel>
  );
}
