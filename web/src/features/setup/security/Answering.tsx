/** Who answers for an identity provider, and that one may stand in for it oneself. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { IdentityProvider } from '@/api/types';
import { toastError } from '@/components/errors';
import { When } from '@/components/Times';
import { showToast } from '@/components/toasts';
import { act } from '@/features/setup/parts/collection';
import { Fields } from '@/features/setup/parts/FormPanel';
import classes from './Answering.module.css';

export function Answering({ item }: { item: IdentityProvider }) {
  const { t } = useTranslation('setup');
  const confirm = useMutation({
    mutationFn: () => act<IdentityProvider>('identity-providers', item.id, 'confirmation'),
    onSuccess: () => showToast({ tone: 'good', text: t('sso.confirmed', { name: item.name }) }),
    onError: toastError,
  });
  return (
    <Fields title={t('sso.answered')} hint={t('sso.answeredHint')}>
      <div className={classes.answering}>
        <span>
          <bdi>{item.answered_by ?? t('sso.answeredByNone')}</bdi>
          {item.answered_at && (
            <>
              {' · '}
              <When at={item.answered_at} />
            </>
          )}
        </span>
        <Button variant="default" loading={confirm.isPending} onClick={() => confirm.mutate()}>
          {t('sso.confirm')}
        </Button>
      </div>
    </Fields>
  );
}
