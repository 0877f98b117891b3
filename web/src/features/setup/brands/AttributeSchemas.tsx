/** What a client keeps about its customers. */
import { ActionIcon, Button, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { attributeSchemaQuery } from '@/api/customers';
import { http } from '@/api/http';
import type { AttributeField, AttributeKind, AttributeSchema, Client } from '@/api/types';
import { Brand, BrandMark } from '@/components/Brand';
import { Loaded } from '@/components/Loaded';
import { showToast } from '@/components/toasts';
import { Fields, FormPanel } from '@/features/setup/parts/FormPanel';
import { rebasedList } from '@/features/setup/parts/rebase';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import classes from './Attributes.module.css';

const KINDS: readonly AttributeKind[] = ['text', 'number', 'boolean', 'date', 'choice'];

const NEW: AttributeField = {
  key: '',
  label: '',
  kind: 'text',
  choices: [],
  sensitive: false,
  exact: false,
};

export function AttributeSchemas() {
  const { t } = useTranslation(['setup', 'common']);
  return (
    <Split<Client>
      section="attributes"
      kind="clients"
      makes={false}
      lineOf={(one) => ({
        name: one.name,
        detail: t(`industry.${one.industry}`),
        mark: <BrandMark color={one.color} name={one.name} />,
      })}
      children={(item) => item && <Schema client={item} />}
    />
  );
}

function Schema({ client }: { client: Client }) {
  const query = useQuery({ ...attributeSchemaQuery(client.id), staleTime: 0 });
  return (
    <Loaded query={query} skeletons={{ count: 6, height: 72 }}>
      {(schema) => <SchemaForm client={client} schema={schema} />}
    </Loaded>
  );
}

/** "VIP since" to `vip_since`: a key that the server takes. */
export const keyOf = (label: string) =>
  label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 50);

function SchemaForm({ client, schema }: { client: Client; schema: AttributeSchema }) {
  const { t } = useTranslation(['setup', 'common']);
  const { queryKey } = attributeSchemaQuery(client.id);
  const form = useForm<AttributeSchema>({
    initial: schema,
    again: () => queryClient.fetchQuery({ ...attributeSchemaQuery(client.id), staleTime: 0 }),
    merge: (before, mine, theirs) => ({
      ...theirs,
      items: rebasedList(before.items, mine.items, theirs.items, (one) => one.key),
    }),
    rules: ({ items }) => {
      const wrong: Record<string, string> = {};
      items.forEach((one, index) => {
        if (!one.label.trim()) wrong[`items/${index}/label`] = t('form.required');
        else if (!/^[a-z][a-z0-9_]*$/.test(one.key))
          wrong[`items/${index}/label`] = t('attributes.keyWrong');
        else if (items.some((other, at) => at < index && other.key === one.key))
          wrong[`items/${index}/label`] = t('attributes.keyTwice');
        if (one.kind === 'choice' && one.choices.length === 0)
          wrong[`items/${index}/choices`] = t('attributes.choicesMissing');
      });
      return wrong;
    },
    save: async (values) => {
      const done = await http.put<AttributeSchema>(
        `/api/clients/${client.id}/attribute-schema`,
        values,
      );
      queryClient.setQueryData(queryKey, done);
      showToast({ tone: 'good', text: t('form.saved', { name: client.name }) }, 3);
      return done;
    },
  });
  const { items } = form.values;
  const kept = new Set(form.before.items.map((one) => one.key));
  const sealed = new Set(form.before.items.filter((one) => one.sensitive).map((one) => one.key));
  const put = (index: number, change: Partial<AttributeField>) =>
    form.set({ items: items.map((one, at) => (at === index ? { ...one, ...change } : one)) });
  const move = (index: number, by: number) => {
    const next = [...items];
    const [moved] = next.splice(index, 1);
    if (moved) next.splice(index + by, 0, moved);
    form.set({ items: next });
  };
  return (
    <FormPanel
      form={form}
      section="attributes"
      title={t('common:setupSection.attributes')}
      lead={<Brand clientId={client.id} />}
    >
      <Fields>
        <p className={classes.hint}>{t('attributes.hint')}</p>
        {items.length === 0 && <p className={classes.hint}>{t('attributes.none')}</p>}
        <ol className={classes.list}>
          {items.map((one, index) => {
            const name = one.label || t('attributes.number', { number: index + 1 });
            return (
              <li key={index} className={classes.field}>
                <div className={classes.row}>
                  <TextInput
                    label={t('attributes.label')}
                    description={one.key ? t('attributes.key', { key: one.key }) : undefined}
                    inputWrapperOrder={['label', 'input', 'description', 'error']}
                    value={one.label}
                    onChange={(event) => {
                      const label = event.currentTarget.value;
                      put(index, kept.has(one.key) ? { label } : { label, key: keyOf(label) });
                    }}
                    error={form.error(`items/${index}/label`) ?? form.error(`items/${index}/key`)}
                  />
                  <Select
                    label={t('attributes.kind')}
                    allowDeselect={false}
                    data={KINDS.map((kind) => ({
                      value: kind,
                      label: t(`attributes.kinds.${kind}`),
                    }))}
                    value={one.kind}
                    onChange={(kind) => put(index, { kind: kind as AttributeKind, choices: [] })}
                  />
                  <div className={classes.tools}>
                    <ActionIcon
                      aria-label={t('attributes.up', { name })}
                      disabled={index === 0}
                      onClick={() => move(index, -1)}
                    >
                      <IconArrowUp size={14} />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={t('attributes.down', { name })}
                      disabled={index === items.length - 1}
                      onClick={() => move(index, 1)}
                    >
                      <IconArrowDown size={14} />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={t('attributes.remove', { name })}
                      onClick={() => form.set({ items: items.filter((_, at) => at !== index) })}
                    >
                      <IconX size={14} />
                    </ActionIcon>
                  </div>
                </div>
                {one.kind === 'choice' && (
                  <TagsInput
                    label={t('attributes.choices')}
                    description={t('attributes.choicesHint')}
                    value={one.choices}
                    onChange={(choices) => put(index, { choices })}
                    error={form.error(`items/${index}/choices`)}
                  />
                )}
                <Switch
                  label={t('attributes.sensitive')}
                  description={
                    sealed.has(one.key)
                      ? t('attributes.sealed')
                      : one.sensitive && t('attributes.sensitiveHint')
                  }
                  checked={one.sensitive}
                  disabled={sealed.has(one.key)}
                  onChange={(event) =>
                    put(index, { sensitive: event.currentTarget.checked, exact: false })
                  }
                  error={form.error(`items/${index}/sensitive`)}
                />
                {one.sensitive && (
                  <Switch
                    label={t('attributes.exact')}
                    description={t('attributes.exactHint')}
                    checked={one.exact}
                    onChange={(event) => put(index, { exact: event.currentTarget.checked })}
                  />
                )}
              </li>
            );
          })}
        </ol>
        <div>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => form.set({ items: [...items, NEW] })}
          >
            {t('attributes.add')}
          </Button>
        </div>
      </Fields>
    </FormPanel>
  );
}
