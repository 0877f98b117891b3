/** Groups of people at one site with a common lead. */
import { Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Provider, Team } from '@/api/types';
import { formOf } from '@/features/setup/parts/collection';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { KnownProviders, ProviderPick, useSites } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';

export function Teams() {
  const sites = useSites();
  return (
    <Split<Team>
      section="teams"
      kind="teams"
      lineOf={(one) => ({
        name: one.name,
        detail: sites.find((site) => site.id === one.site_id)?.name,
      })}
      children={(item) => (
        <KnownProviders>
          {(providers) => <TeamForm item={item} providers={providers} />}
        </KnownProviders>
      )}
    />
  );
}

function TeamForm({ item, providers }: { item: Team | null; providers: readonly Provider[] }) {
  const { t } = useTranslation(['setup', 'common']);
  const sites = useSites();
  const save = useSave<Team>('teams', 'teams', item);
  const shown = (one: Team | null): Omit<Team, 'id'> => ({
    provider_id: one?.provider_id ?? (providers.length === 1 ? (providers[0]?.id ?? '') : ''),
    site_id: one?.site_id ?? '',
    name: one?.name ?? '',
  });
  const form = useForm<Omit<Team, 'id'>>({
    ...formOf('teams', item, shown),
    fixed: ['provider_id'],
    required: ['provider_id', 'site_id', 'name'],
    save: async (values, before) => shown(await save(values, before, values.name)),
  });
  const mine = sites.filter((one) => one.provider_id === form.values.provider_id);
  return (
    <FormPanel
      form={form}
      section="teams"
      title={item?.name ?? t('common:setupNew.teams')}
      lead={t('teams.lead')}
    >
      <Fields>
        <TextInput label={t('field.name')} {...form.text('name')} />
        <Row>
          <ProviderPick
            label={t('field.provider')}
            description={item ? t('field.fixed') : undefined}
            disabled={Boolean(item)}
            value={form.values.provider_id || null}
            onChange={(value) => form.set({ provider_id: value ?? '', site_id: '' })}
            error={form.error('provider_id')}
          />
          <Select
            label={t('field.site')}
            description={mine.length === 0 && form.values.provider_id ? t('teams.noSite') : null}
            searchable
            allowDeselect={false}
            data={mine.map((one) => ({ value: one.id, label: one.name }))}
            value={form.values.site_id || null}
            onChange={(value) => form.set({ site_id: value ?? '' })}
            error={form.error('site_id')}
          />
        </Row>
      </Fields>
    </FormPanel>
  );
}
