/** Finds customers of a client by an encrypted detail; its value goes in no address and is nowhere remembered. */
import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { attributeSchemaQuery, customersApi } from '@/api/customers';
import type { AttributeField, Uuid } from '@/api/types';
import { useChoices } from '@/components/customer/AttributeInput';
import { parsed } from '@/components/customer/attributeValue';
import { Failed } from '@/components/States';
import { People } from '@/features/search/People';
import classes from './SearchPage.module.css';

export function ExactSearch({ clientId }: { clientId: Uuid }) {
  const { data: schema } = useQuery({ ...attributeSchemaQuery(clientId), retry: false });
  const fields = (schema?.items ?? []).filter((one) => one.exact);
  const [first] = fields;
  return first && <ExactForm key={clientId} clientId={clientId} fields={fields} first={first} />;
}

function ExactForm({
  clientId,
  fields,
  first,
}: {
  clientId: Uuid;
  fields: readonly AttributeField[];
  first: AttributeField;
}) {
  const { t } = useTranslation();
  const [field, setField] = useState(first);
  const [text, setText] = useState('');
  const choices = useChoices(field);
  const find = useMutation({
    mutationFn: () =>
      customersApi.find({
        client_id: clientId,
        attribute: field.key,
        value: parsed(field, text.trim()),
      }),
  });
  const choose = (key: string | null) => {
    setField(fields.find((one) => one.key === key) ?? first);
    setText('');
    find.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) find.mutate();
  };
  const value = { label: t('search.exactValue'), className: classes.field };
  return (
    <section className={classes.part} aria-labelledby="exact-search">
      <h2 id="exact-search">{t('search.exact')}</h2>
      <p className={classes.quiet}>{t('search.exactHint')}</p>
      <form className={classes.exact} onSubmit={submit} autoComplete="off">
        <Select
          label={t('search.exactDetail')}
          allowDeselect={false}
          data={fields.map((one) => ({ value: one.key, label: one.label }))}
          value={field.key}
          onChange={choose}
        />
        {choices.length > 0 ? (
          <Select
            {...value}
            data={choices}
            value={text || null}
            onChange={(choice) => setText(choice ?? '')}
          />
        ) : (
          <TextInput
            {...value}
            type={field.kind === 'number' || field.kind === 'date' ? field.kind : 'text'}
            step="any"
            maxLength={1000}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <Button type="submit" variant="default" loading={find.isPending}>
          {t('search.exactFind')}
        </Button>
      </form>
      <div aria-live="polite">
        {find.isError && <Failed error={find.error} />}
        {find.data?.items.length === 0 && <p className={classes.quiet}>{t('search.exactNone')}</p>}
        {find.data && <People found={find.data.items} />}
      </div>
    </section>
  );
}
