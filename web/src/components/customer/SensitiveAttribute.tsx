/** An attribute that is kept encrypted: hidden until it is asked for, and again after half a minute. */
import { ActionIcon } from '@mantine/core';
import { IconEye, IconEyeOff, IconLock } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { customerQuery, customersApi } from '@/api/customers';
import type { AttributeField, AttributeValue, Customer } from '@/api/types';
import { useChoices, WrittenInput } from '@/components/customer/AttributeInput';
import { parsed } from '@/components/customer/attributeValue';
import { toastError } from '@/components/errors';
import { useCanHere } from '@/components/here';
import { showToast } from '@/components/toasts';
import { useShown } from '@/components/useShown';
import classes from './Customer.module.css';

export function SensitiveAttribute({
  customer,
  field,
  readOnly,
}: {
  customer: Customer;
  field: AttributeField;
  readOnly: boolean;
}) {
  const { t } = useTranslation();
  const may = useCanHere('privacy.reveal');
  const [shown, setShown] = useShown<{ value: AttributeValue }>();
  const kept = customer.masked.includes(field.key);
  const reveal = useMutation({
    mutationFn: () => customersApi.reveal(customer.id, field.key),
    onSuccess: (found) => {
      setShown(found);
      showToast({ text: t('thread.revealed') }, 5);
    },
    onError: toastError,
  });
  const change = useMutation({
    mutationFn: (value: AttributeValue) =>
      customersApi.change(customer.id, { attributes: { [field.key]: value } }),
    onSuccess: (after) => {
      setShown(null);
      queryClient.setQueryData(customerQuery(customer.id).queryKey, after);
      void queryClient.invalidateQueries({ queryKey: ['customer', customer.id, 'timeline'] });
      showToast({ text: t('customer.saved', { field: field.label }) });
    },
    onError: toastError,
  });
  const choices = useChoices(field);
  const text = shown === null ? null : String(shown.value);
  const Icon = shown ? IconEyeOff : IconEye;
  return (
    <span className={classes.sensitive}>
      <IconLock size={14} aria-hidden />
      <WrittenInput
        field={field}
        choices={choices}
        value={readOnly ? (choices.find((one) => one.value === text)?.label ?? text) : text}
        placeholder={t(kept ? 'customer.hidden' : 'customer.unset')}
        readOnly={readOnly}
        onSave={(text) => change.mutate(parsed(field, text))}
      />
      {may && kept && (
        <ActionIcon
          aria-label={t(shown ? 'customer.hide' : 'customer.reveal', { field: field.label })}
          loading={reveal.isPending}
          onClick={() => (shown ? setShown(null) : reveal.mutate())}
        >
          <Icon size={14} />
        </ActionIcon>
      )}
    </span>
  );
}
