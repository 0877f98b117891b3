/** The end of a client's keys: asks for the client's name, so that nobody means another; whoever asks says why. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useFormat } from '@/components/format';
import classes from '@/features/compliance/Compliance.module.css';
import type { ClientKey } from '@/features/compliance/data';
import { useDeed } from '@/features/compliance/deeds';
import { FormDialog } from '@/components/FormDialog';
import { WordsField } from '@/features/compliance/WordsField';

export function ShredDialog({ one, onClose }: { one: ClientKey; onClose: () => void }) {
  const { t } = useTranslation('compliance');
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const asked = one.shredding;
  const send = useDeed(
    () =>
      asked
        ? http.post(`/api/shreddings/${asked.id}/confirm`, { client_name: name })
        : http.post(`/api/clients/${one.client_id}/shreddings`, { client_name: name, reason }),
    onClose,
  );
  return (
    <FormDialog
      title={t(asked ? 'keys.confirm' : 'keys.ask')}
      ready={name.trim() === one.client_name && (asked !== null || reason.trim() !== '')}
      busy={send.isPending}
      destroys
      onSubmit={() => send.mutate()}
      onClose={onClose}
    >
      <p>{t(asked ? 'keys.confirmHint' : 'keys.askHint')}</p>
      <p>{t('keys.what')}</p>
      <Handed archives={one.archives} />
      {asked ? (
        <p className={classes.given}>
          {t('keys.reasonGiven')} <bdi>{asked.reason}</bdi>
        </p>
      ) : (
        <WordsField label={t('retention.reason')} rows={2} value={reason} onChange={setReason} />
      )}
      <TextInput
        label={t('keys.name')}
        description={<bdi>{one.client_name}</bdi>}
        maxLength={120}
        autoComplete="off"
        data-autofocus={asked !== null || undefined}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

/** What was handed over of the client, since nothing can be any more once the keys are gone. */
function Handed({ archives: { fetched, waiting } }: Pick<ClientKey, 'archives'>) {
  const { t } = useTranslation('compliance');
  const format = useFormat();
  if (fetched !== null && waiting === null)
    return <p>{t('ending.archiveFetched', { made: format.exact(fetched) })}</p>;
  return (
    <p>
      <strong>
        {waiting === null
          ? t('keys.archiveNone')
          : t('keys.archiveWaits', { made: format.exact(waiting) })}
      </strong>
    </p>
  );
}
