/** Outcomes that agents choose from at wrap-up. */
import { Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Disposition } from '@/api/types';
import { Brand } from '@/components/Brand';
import { ActiveSwitch } from '@/features/setup/parts/ActiveSwitch';
import { Mark } from '@/features/setup/parts/Mark';
import { formOf } from '@/features/setup/parts/collection';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { ClientPick, ProgramPick, usePrograms } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { Split, useClientFilter } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';

export function Dispositions() {
  const { t } = useTranslation(['setup', 'common']);
  const programs = usePrograms();
  return (
    <Split<Disposition>
      section="dispositions"
      kind="dispositions"
      byClient
      lineOf={(one) => ({
        name: one.name,
        detail: one.program_id
          ? programs.find((program) => program.id === one.program_id)?.name
          : t('field.allPrograms'),
        mark: <Mark clientId={one.client_id} />,
        side: one.resolved ? undefined : t('dispositions.notResolved'),
        off: !one.active,
      })}
      children={(item) => <DispositionForm item={item} />}
    />
  );
}

function DispositionForm({ item }: { item: Disposition | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const client = useClientFilter();
  const save = useSave<Disposition>('dispositions', 'dispositions', item);
  const shown = (one: Disposition | null): Omit<Disposition, 'id' | 'active'> => ({
    client_id: one?.client_id ?? client ?? '',
    program_id: one?.program_id ?? null,
    name: one?.name ?? '',
    resolved: one?.resolved ?? true,
  });
  const form = useForm<Omit<Disposition, 'id' | 'active'>>({
    ...formOf('dispositions', item, shown),
    fixed: ['client_id', 'program_id'],
    required: ['client_id', 'name'],
    save: async (values, before) => shown(await save(values, before, values.name)),
  });
  const { values } = form;
  return (
    <FormPanel
      form={form}
      section="dispositions"
      title={item?.name ?? t('common:setupNew.dispositions')}
      lead={item ? <Brand clientId={item.client_id} /> : t('dispositions.lead')}
      actions={item && <ActiveSwitch kind="dispositions" item={item} name={item.name} />}
    >
      <Fields>
        <TextInput label={t('field.name')} {...form.text('name')} />
        <Row>
          <ClientPick
            label={t('field.client')}
            disabled={Boolean(item)}
            value={values.client_id || null}
            onChange={(id) => form.set({ client_id: id ?? '', program_id: null })}
            error={form.error('client_id')}
          />
          <ProgramPick
            label={t('field.program')}
            placeholder={t('field.allPrograms')}
            clearable
            disabled={Boolean(item)}
            clientId={values.client_id || '-'}
            {...form.bind('program_id')}
          />
        </Row>
        <Switch
          label={t('dispositions.resolved')}
          description={t('dispositions.resolvedHint')}
          {...form.check('resolved')}
        />
      </Fields>
    </FormPanel>
  );
}
