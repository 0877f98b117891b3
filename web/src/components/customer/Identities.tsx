/** The customer's addresses, verified or claimed. */
import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import {
  IconAt,
  IconCircleCheck,
  IconHash,
  IconMail,
  IconPhone,
  IconPlus,
  IconWorld,
  IconX,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { customersApi } from '@/api/customers';
import { queryClient } from '@/api/client';
import type { Customer, IdentityKind } from '@/api/types';
import { toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { useCanHere } from '@/components/here';
import classes from './Customer.module.css';

const ICONS = {
  email: IconMail,
  phone: IconPhone,
  handle: IconAt,
  visitor: IconWorld,
  external: IconHash,
};
const ADDABLE: readonly IdentityKind[] = ['email', 'phone', 'handle', 'external'];

export function Identities({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const writes = useCanHere('customers.write');
  const [adding, setAdding] = useState(false);
  const refresh = () => void queryClient.invalidateQueries({ queryKey: ['customer', customer.id] });
  const drop = useMutation({
    mutationFn: (identityId: string) => customersApi.dropIdentity(customer.id, identityId),
    onSettled: refresh,
    onError: toastError,
  });
  return (
    <>
      <ul className={classes.list}>
        {customer.identities.map((identity) => {
          const Icon = ICONS[identity.kind];
          return (
            <li key={identity.id} className={classes.identity}>
              <Icon size={14} role="img" aria-label={t(`identity.${identity.kind}`)} />
              <span className={classes.identityValue} title={format.exact(identity.added_at)}>
                {identity.kind === 'visitor' ? t('identity.visitor') : identity.value}
              </span>
              {identity.verified && (
                <IconCircleCheck
                  size={14}
                  role="img"
                  aria-label={t('identity.verified')}
                  title={t('identity.verified')}
                  className={classes.good}
                />
              )}
              {writes && identity.kind !== 'visitor' && (
                <ActionIcon
                  size="xs"
                  className={classes.remove}
                  aria-label={t('identity.remove', { value: identity.value })}
                  onClick={() => drop.mutate(identity.id)}
                >
                  <IconX size={12} />
                </ActionIcon>
              )}
            </li>
          );
        })}
      </ul>
      {writes &&
        (adding ? (
          <NewIdentity customer={customer} onDone={() => setAdding(false)} />
        ) : (
          <button type="button" className={classes.quietButton} onClick={() => setAdding(true)}>
            <IconPlus size={14} aria-hidden />
            {t('identity.add')}
          </button>
        ))}
    </>
  );
}

function NewIdentity({ customer, onDone }: { customer: Customer; onDone: () => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<IdentityKind>('email');
  const [value, setValue] = useState('');
  const add = useMutation({
    mutationFn: () => customersApi.addIdentity(customer.id, { kind, value: value.trim() }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['customer', customer.id] });
      onDone();
    },
    onError: toastError,
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim()) add.mutate();
      }}
    >
      <Select
        size="xs"
        aria-label={t('identity.kind')}
        allowDeselect={false}
        data={ADDABLE.map((one) => ({ value: one, label: t(`identity.${one}`) }))}
        value={kind}
        onChange={(next) => next && setKind(next)}
      />
      <TextInput
        size="xs"
        aria-label={t('identity.value')}
        data-autofocus
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <div className={classes.formButtons}>
        <Button size="compact-xs" type="submit" loading={add.isPending}>
          {t('action.add')}
        </Button>
        <Button size="compact-xs" variant="default" onClick={onDone}>
          {t('action.cancel')}
        </Button>
      </div>
    </form>
  );
}
