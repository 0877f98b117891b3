/** The chains of the audit trail: whether each is right, up to where, since when; verifying and exporting one. */
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http, withQuery } from '@/api/http';
import type { Instant, Page, Uuid } from '@/api/types';
import { Brand } from '@/components/Brand';
import { toastError } from '@/components/errors';
import { RowSkeletons } from '@/components/States';
import { When } from '@/components/Times';
import classes from './Chains.module.css';

type Why =
  | 'missing'
  | 'changed'
  | 'content_changed'
  | 'not_linked'
  | 'backdated'
  | 'never_sealed'
  | 'erased_silently'
  | 'truncated'
  | 'rewritten'
  | 'bad_signature';

interface Chain {
  id: Uuid;
  client_id: Uuid | null;
  number: number;
  verified_number: number;
  verified_at: Instant | null;
  verified_whole_at: Instant | null;
  broken_at: Instant | null;
  broken_number: number | null;
  broken_why: Why | null;
}

const MOST_PAGES = 10;

const chainsQuery = queryOptions({
  queryKey: ['setup', 'audit', 'chains'],
  queryFn: async ({ signal }) => {
    const found: Chain[] = [];
    let after: string | null = null;
    for (let count = 0; count < MOST_PAGES; count++) {
      const page: Page<Chain> = await http.get('/api/audit/chains', { limit: 100, after }, signal);
      found.push(...page.items);
      after = page.next;
      if (!after) break;
    }
    return found;
  },
  staleTime: 30_000,
});

/** The chains as one line that opens; `clientId` narrows it to one client's. */
export function Chains({ clientId }: { clientId: string | undefined }) {
  const { t } = useTranslation('setup');
  const query = useQuery(chainsQuery);
  if (query.isPending) return <RowSkeletons count={1} height={48} />;
  const chains = (query.data ?? []).filter((one) => !clientId || one.client_id === clientId);
  if (chains.length === 0) return null;
  const broken = chains.filter((one) => one.broken_at);
  const verified = chains.filter((one) => one.verified_at);
  const sum = (part: 'number' | 'verified_number') =>
    chains.reduce((total, one) => total + one[part], 0);
  const oldest = chains
    .map((one) => one.verified_at ?? '')
    .reduce((one, other) => (one < other ? one : other));
  return (
    <details className={classes.chains} open={broken.length > 0}>
      <summary className={classes.summary}>
        {broken.length > 0 ? (
          <span className={classes.bad} role="alert">
            <IconAlertTriangle size={16} aria-hidden />
            {t('chain.broken', { count: broken.length })}
          </span>
        ) : verified.length < chains.length ? (
          <span className={classes.waiting}>
            <IconClock size={16} aria-hidden />
            {verified.length === 0
              ? t('chain.never')
              : t('chain.some', { verified: verified.length, all: chains.length })}
          </span>
        ) : (
          <span className={classes.good}>
            <IconShieldCheck size={16} aria-hidden />
            {t('chain.right', { count: chains.length })}
          </span>
        )}
        <span className={classes.note}>
          {t('chain.upTo', { verified: sum('verified_number'), number: sum('number') })}
        </span>
        {oldest && (
          <span className={classes.note}>
            {t('chain.verified')} <When at={oldest} />
          </span>
        )}
      </summary>
      <ul className={classes.list}>
        {chains.map((one) => (
          <ChainLine key={one.id} chain={one} />
        ))}
      </ul>
      <p className={classes.how}>{t('chain.how')}</p>
    </details>
  );
}

function ChainLine({ chain }: { chain: Chain }) {
  const { t } = useTranslation('setup');
  const verify = useMutation({
    mutationFn: () =>
      http.post<Chain>('/api/audit/verify', { client_id: chain.client_id, whole: true }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['setup', 'audit'] }),
    onError: toastError,
  });
  return (
    <li className={classes.chain}>
      <span className={classes.name}>
        {chain.client_id ? <Brand clientId={chain.client_id} /> : t('chain.installation')}
      </span>
      <span className={classes.state}>
        {chain.broken_why ? (
          <span className={classes.bad}>
            <IconAlertTriangle size={14} aria-hidden />
            {t('chain.at', { number: chain.broken_number ?? 0 })}{' '}
            {t(`chain.why.${chain.broken_why}`)}
          </span>
        ) : (
          t('chain.upTo', {
            verified: chain.verified_number,
            number: chain.number,
          })
        )}
        {chain.verified_whole_at && (
          <span className={classes.note}>
            {t('chain.whole')} <When at={chain.verified_whole_at} />
          </span>
        )}
      </span>
      <span className={classes.deeds}>
        <Button
          variant="subtle"
          size="compact-sm"
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          {t('chain.verify')}
        </Button>
        <Button
          component="a"
          variant="subtle"
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden />}
          href={withQuery('/api/audit/export', { client_id: chain.client_id })}
          download
        >
          {t('chain.export')}
        </Button>
      </span>
    </li>
  );
}
