/** Who may be the same person, with the evidence; merging and taking it back. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { customersApi, mergesQuery, mergeSuggestionsQuery } from '@/api/customers';
import { queryClient } from '@/api/client';
import { useCan } from '@/api/session';
import { refreshLists } from '@/api/sync';
import type { MergeSuggestion } from '@/api/types';
import { toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { useCanHere } from '@/components/here';
import { showToast } from '@/components/toasts';
import { When } from '@/components/Times';
import classes from './Customer.module.css';

export function useMergeSuggestions(customerId: string): MergeSuggestion[] {
  const may = useCan('customers.merge');
  const { data } = useQuery({ ...mergeSuggestionsQuery(customerId), enabled: may, retry: false });
  return data?.items ?? [];
}

export function Merging({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useCanHere('customers.merge');
  const suggestions = useMergeSuggestions(customerId);
  const { data: merges } = useQuery({ ...mergesQuery(customerId), retry: false });
  const refresh = () => {
    void queryClient.invalidateQueries({ queryKey: ['customer', customerId] });
    refreshLists();
  };
  const undo = useMutation({
    mutationFn: (mergeId: string) => customersApi.undoMerge(mergeId),
    onSuccess: refresh,
    onError: toastError,
  });
  const merge = useMutation({
    mutationFn: (one: MergeSuggestion) =>
      customersApi.merge(customerId, {
        other_id: one.customer.id,
        reason: one.evidence.join('; '),
      }),
    onSuccess: (done) => {
      refresh();
      showToast({
        tone: 'good',
        text: t('merge.done', { name: done.merged_name }),
        action: { name: t('action.undo'), run: () => undo.mutate(done.id) },
      });
    },
    onError: toastError,
  });
  const standing = (merges?.items ?? []).filter((one) => !one.undone_at);
  if (suggestions.length === 0 && standing.length === 0) {
    return <p className={classes.quiet}>{t('merge.none')}</p>;
  }
  return (
    <>
      {suggestions.map((one) => (
        <article key={one.customer.id} className={classes.suggestion}>
          <div className={classes.suggestionHead}>
            <Link to="/customers/$customerId" params={{ customerId: one.customer.id }}>
              <bdi>{one.customer.name}</bdi>
            </Link>
            <span className={classes.quiet}>
              {t('merge.score', { score: format.percent(one.score) })}
            </span>
          </div>
          {one.customer.primary_identity && (
            <p className={classes.quiet}>{one.customer.primary_identity}</p>
          )}
          <ul className={classes.evidence}>
            {one.evidence.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          {may && (
            <Button
              size="compact-xs"
              variant="default"
              loading={merge.isPending}
              onClick={() => merge.mutate(one)}
            >
              {t('merge.merge')}
            </Button>
          )}
        </article>
      ))}
      {standing.map((one) => (
        <div key={one.id} className={classes.merged}>
          <span>
            {t(one.automatic ? 'merge.automatic' : 'merge.byHand', { name: one.merged_name })}
            <span className={classes.quiet}>
              <When at={one.at} /> · {one.reason}
            </span>
          </span>
          {may && (
            <Button
              size="compact-xs"
              variant="default"
              loading={undo.isPending}
              onClick={() => undo.mutate(one.id)}
            >
              {t('merge.undo')}
            </Button>
          )}
        </div>
      ))}
    </>
  );
}
