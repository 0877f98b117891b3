/** What the client keeps about a customer, edited in place. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { attributeSchemaQuery, customerQuery, customersApi } from '@/api/customers';
import { queryClient } from '@/api/client';
import type { AttributeField, AttributeValue, Customer } from '@/api/types';
import { AttributeInput } from '@/components/customer/AttributeInput';
import { SensitiveAttribute } from '@/components/customer/SensitiveAttribute';
import { toastError } from '@/components/errors';
import { useCanHere } from '@/components/here';
import { showToast } from '@/components/toasts';
import classes from './Customer.module.css';

export function useCustomerChange(customer: Customer) {
  const key = customerQuery(customer.id).queryKey;
  return useMutation({
    mutationFn: (change: Parameters<typeof customersApi.change>[1]) =>
      customersApi.change(customer.id, change),
    onMutate: (change) => {
      const attributes = { ...customer.attributes, ...change.attributes };
      queryClient.setQueryData(key, { ...customer, ...change, attributes });
    },
    onSuccess: (now) => {
      queryClient.setQueryData(key, now);
      void queryClient.invalidateQueries({ queryKey: ['customer', customer.id, 'timeline'] });
    },
    onError: (error) => {
      queryClient.setQueryData(key, customer);
      toastError(error);
    },
  });
}

export function Attributes({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const writes = useCanHere('customers.write');
  const { data: schema } = useQuery({ ...attributeSchemaQuery(customer.client_id), retry: false });
  const change = useCustomerChange(customer);
  const fields = schema?.items ?? [];
  const save = (field: AttributeField, value: AttributeValue) => {
    const before = customer.attributes[field.key] ?? null;
    change.mutate(
      { attributes: { [field.key]: value } },
      {
        onSuccess: () =>
          showToast({
            text: t('customer.saved', { field: field.label }),
            action: {
              name: t('action.undo'),
              run: () => change.mutate({ attributes: { [field.key]: before } }),
            },
          }),
      },
    );
  };
  if (fields.length === 0) return <p className={classes.quiet}>{t('customer.noAttributes')}</p>;
  return (
    <dl className={classes.facts}>
      {fields.map((field) => (
        <div key={field.key} className={classes.fact}>
          <dt>{field.label}</dt>
          <dd>
            {field.sensitive ? (
              <SensitiveAttribute customer={customer} field={field} readOnly={!writes} />
            ) : (
              <AttributeInput
                field={field}
                value={customer.attributes[field.key] ?? null}
                readOnly={!writes}
                onSave={(value) => save(field, value)}
              />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
