/** The field in which one attribute of a customer is read and written. */
import { Select, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AttributeField, AttributeValue } from '@/api/types';
import { parsed } from '@/components/customer/attributeValue';
import { EditableText } from '@/components/EditableText';
import classes from './Customer.module.css';

interface Choice {
  value: string;
  label: string;
}

export function AttributeInput({
  field,
  value,
  readOnly,
  onSave,
}: {
  field: AttributeField;
  value: AttributeValue;
  readOnly: boolean;
  onSave: (value: AttributeValue) => void;
}) {
  const { t } = useTranslation();
  const choices = useChoices(field);
  if (field.kind === 'boolean') {
    return (
      <Switch
        size="xs"
        aria-label={field.label}
        disabled={readOnly}
        checked={value === true}
        onChange={(event) => onSave(event.currentTarget.checked)}
      />
    );
  }
  return (
    <WrittenInput
      field={field}
      choices={choices}
      value={value === null ? null : String(value)}
      placeholder={t('customer.unset')}
      readOnly={readOnly}
      onSave={(text) => onSave(parsed(field, text))}
    />
  );
}

/** What is written or chosen; `placeholder` stands where no value is, or may be seen. */
export function WrittenInput({
  field,
  choices,
  value,
  placeholder,
  readOnly,
  onSave,
}: {
  field: AttributeField;
  choices: readonly Choice[];
  value: string | null;
  placeholder: string;
  readOnly: boolean;
  onSave: (text: string) => void;
}) {
  if (choices.length > 0 && !readOnly) {
    return (
      <Select
        size="xs"
        variant="unstyled"
        aria-label={field.label}
        placeholder={placeholder}
        data={choices}
        value={value}
        onChange={(choice) => onSave(choice ?? '')}
        className={classes.choiceInput}
      />
    );
  }
  return (
    <EditableText
      label={field.label}
      placeholder={placeholder}
      type={field.kind === 'number' ? 'number' : field.kind === 'date' ? 'date' : 'text'}
      readOnly={readOnly}
      value={value ?? ''}
      onSave={onSave}
    />
  );
}

/** What one may choose from for an attribute; nothing where one writes. */
export function useChoices(field: AttributeField): Choice[] {
  const { t } = useTranslation();
  if (field.kind !== 'boolean') return field.choices.map((one) => ({ value: one, label: one }));
  return [
    { value: 'true', label: t('state.yes') },
    { value: 'false', label: t('state.no') },
  ];
}
