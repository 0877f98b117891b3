/** Asks for emergency access: which client, why, for how long, and anew who one is. */
import { Alert, Select, Textarea, TextInput } from '@mantine/core';
import { IconUrgent } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { knowsPasskeys, PasskeyRefused } from '@/api/factors';
import { breakGlass, glassChoiceQuery, glassClientsQuery } from '@/api/glass';
import type { Uuid } from '@/api/types';
import { errorText } from '@/components/errors';
import { useFormat } from '@/components/format';
import { FormDialog } from '@/components/FormDialog';
import { Failed, RowSkeletons } from '@/components/States';
import { proofBy } from '@/features/glass/proof';
import { ProofFields } from '@/features/glass/ProofFields';

const MINUTES = [15, 30, 60, 120, 240] as const;
const SHORTEST_REASON = 10;

export function BreakGlassDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('glass');
  const format = useFormat();
  const navigate = useNavigate();
  const choice = useQuery(glassChoiceQuery);
  const clients = useQuery(glassClientsQuery);
  const [client, setClient] = useState<Uuid | null>(null);
  const [reason, setReason] = useState('');
  const [reference, setReference] = useState('');
  const [minutes, setMinutes] = useState<number | null>(null);
  const [word, setWord] = useState('');
  const proofs = (choice.data?.proofs ?? []).filter((one) => one !== 'passkey' || knowsPasskeys());
  const most = choice.data?.most_minutes ?? 60;
  const offered = [...new Set([...MINUTES.filter((one) => one < most), most])];
  const lasts = minutes ?? Math.min(30, most);
  const ask = useMutation({
    mutationFn: async () =>
      breakGlass({
        client_id: client ?? '',
        reason: reason.trim(),
        reference: reference.trim() || null,
        minutes: lasts,
        proof: await proofBy(proofs, word),
      }),
    onSuccess: () => {
      onClose();
      const search = client === null ? {} : { client_id: client };
      return navigate({ to: '/desk/$view', params: { view: 'all' }, search });
    },
  });
  const failed = choice.error ?? clients.error;
  const refused = ask.error instanceof PasskeyRefused;
  const named = clients.data ?? [];
  return (
    <FormDialog
      title={t('title')}
      action={t('submit')}
      ready={client !== null && reason.trim().length >= SHORTEST_REASON && proofs.length > 0}
      busy={ask.isPending}
      onSubmit={() => ask.mutate()}
      onClose={onClose}
    >
      {failed ? (
        <Failed error={failed} retry={() => void choice.refetch().then(() => clients.refetch())} />
      ) : !choice.data || !clients.data ? (
        <RowSkeletons count={4} height={40} />
      ) : named.length === 0 ? (
        <p>{t('nothing')}</p>
      ) : (
        <>
          <Alert color="red" variant="light" icon={<IconUrgent size={18} aria-hidden />}>
            {t('lead')}
          </Alert>
          <Select
            label={t('client')}
            searchable
            data-autofocus
            value={client}
            onChange={setClient}
            data={named.map((one) => ({ value: one.id, label: one.name }))}
          />
          <Textarea
            label={t('reason')}
            description={t('reasonHint')}
            autosize
            minRows={2}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <TextInput
            label={t('reference')}
            maxLength={100}
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
          />
          <Select
            label={t('howLong')}
            allowDeselect={false}
            value={String(lasts)}
            onChange={(value) => value && setMinutes(Number(value))}
            data={offered.map((one) => ({ value: String(one), label: format.duration(one * 60) }))}
          />
          <ProofFields proofs={proofs} word={word} onWord={setWord} />
          {ask.error && <p role="alert">{refused ? t('proof.refused') : errorText(ask.error)}</p>}
        </>
      )}
    </FormDialog>
  );
}
