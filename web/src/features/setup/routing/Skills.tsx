/** Abilities that queues ask for, shared by all clients of a provider. */
import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Provider, Queue, Skill } from '@/api/types';
import { allOf, formOf } from '@/features/setup/parts/collection';
import { Fields, FormPanel } from '@/features/setup/parts/FormPanel';
import { KnownProviders, ProviderPick, useProviders } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import classes from './Skills.module.css';

export function Skills() {
  const providers = useProviders();
  return (
    <Split<Skill>
      section="skills"
      kind="skills"
      lineOf={(one) => ({
        name: one.name,
        detail: providers.find((provider) => provider.id === one.provider_id)?.name,
      })}
      children={(item) => (
        <KnownProviders>
          {(providers) => <SkillForm item={item} providers={providers} />}
        </KnownProviders>
      )}
    />
  );
}

function SkillForm({ item, providers }: { item: Skill | null; providers: readonly Provider[] }) {
  const { t } = useTranslation(['setup', 'common']);
  const save = useSave<Skill>('skills', 'skills', item);
  const only = providers.length === 1 ? (providers[0]?.id ?? '') : '';
  const shown = (one: Skill | null) => ({
    provider_id: one?.provider_id ?? '',
    name: one?.name ?? '',
  });
  const form = useForm({
    ...formOf('skills', item, shown),
    fixed: ['provider_id'],
    required: only ? ['name'] : ['provider_id', 'name'],
    save: async (values, before) =>
      shown(
        await save(
          item ? values : { ...values, provider_id: values.provider_id || only },
          before,
          values.name,
        ),
      ),
  });
  return (
    <FormPanel
      form={form}
      section="skills"
      title={item?.name ?? t('common:setupNew.skills')}
      lead={t('skills.lead')}
    >
      <Fields>
        <TextInput
          label={t('field.name')}
          placeholder={t('skills.sample')}
          {...form.text('name')}
        />
        <ProviderPick
          label={t('field.provider')}
          description={item ? t('field.fixed') : undefined}
          disabled={Boolean(item)}
          value={form.values.provider_id || only || null}
          onChange={(value) => form.set({ provider_id: value ?? '' })}
          error={form.error('provider_id')}
        />
      </Fields>
      {item && <SkillUse item={item} />}
    </FormPanel>
  );
}

/** Who asks for it. */
function SkillUse({ item }: { item: Skill }) {
  const { t } = useTranslation('setup');
  const queues = useQuery(allOf<Queue>('queues')).data ?? [];
  const using = queues.flatMap((queue) => {
    const level = queue.skills.find((one) => one.skill_id === item.id)?.level;
    return level === undefined ? [] : [{ queue, level }];
  });
  return (
    <div className={classes.use}>
      <h3>{t('skills.usedBy')}</h3>
      {using.length === 0 ? (
        <p className={classes.none}>{t('skills.unused')}</p>
      ) : (
        <ul>
          {using.map(({ queue, level }) => (
            <li key={queue.id}>
              <Link
                to="/setup/$section/$itemId"
                params={{ section: 'queues', itemId: queue.id }}
                search={{}}
              >
                {queue.name}
              </Link>
              <span>{t('skills.atLeast', { level })}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
