/** Companies whose people care for customers. */
import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Provider } from '@/api/types';
import { formOf } from '@/features/setup/parts/collection';
import { Fields, FormPanel } from '@/features/setup/parts/FormPanel';
import { useSave } from '@/features/setup/parts/saved';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';

export function Providers() {
  return (
    <Split<Provider>
      section="providers"
      kind="providers"
      lineOf={(one) => ({ name: one.name })}
      children={(item) => <ProviderForm item={item} />}
    />
  );
}

function ProviderForm({ item }: { item: Provider | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const save = useSave<Provider>('providers', 'providers', item);
  const shown = (one: Provider | null) => ({ name: one?.name ?? '' });
  const form = useForm({
    ...formOf('providers', item, shown),
    required: ['name'],
    save: async (values, before) => shown(await save(values, before, values.name)),
  });
  return (
    <FormPanel
      form={form}
      section="providers"
      title={item?.name ?? t('common:setupNew.providers')}
      lead={t('providers.lead')}
    >
      <Fields>
        <TextInput label={t('field.name')} {...form.text('name')} />
      </Fields>
    </FormPanel>
  );
}
