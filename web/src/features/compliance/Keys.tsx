/** Each client's key: its version and age, how far a rotation is, and its end by two people. */
import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useCan } from '@/api/session';
import { Brand } from '@/components/Brand';
import { toastError } from '@/components/errors';
import { Empty, Failed, RowSkeletons } from '@/components/States';
import { When } from '@/components/Times';
import classes from '@/features/compliance/Compliance.module.css';
import { keysQuery, renew, type ClientKey } from '@/features/compliance/data';

export function Keys() {
  const { t } = useTranslation('compliance');
  const query = useQuery(keysQuery);
  if (query.isPending) return <RowSkeletons />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.data.items.length === 0)
    return <Empty title={t('retention.noClient')}>{t('keys.lead')}</Empty>;
  return (
    <>
      <div className={classes.bar}>
        <p>{t('keys.lead')}</p>
      </div>
      <ul className={classes.list} aria-label={t('section.keys')}>
        {query.data.items.map((one) => (
          <KeyRow key={one.client_id} one={one} />
        ))}
      </ul>
    </>
  );
}

function KeyRow({ one }: { one: ClientKey }) {
  const { t } = useTranslation('compliance');
  const writes = useCan('compliance.write');
  const [ending, setEnding] = useState(false);
  const act = useMutation({
    mutationFn: (path: string) => http.post(path),
    onSuccess: renew,
    onError: toastError,
  });
  const gone = one.shredded_at !== null;
  const rotating = one.rotation !== null && one.rotation.state !== 'done';
  return (
    <li>
      <div className={classes.what}>
        <Brand clientId={one.client_id} />
        <KeyLine one={one} />
        {one.shredding && !gone && (
          <span className={classes.warning}>
            {t('keys.asked', { name: one.shredding.asked_by, reason: one.shredding.reason })}{' '}
            <When at={one.shredding.until} />
          </span>
        )}
      </div>
      {rotating && one.rotation && (
        <span className={classes.when}>
          {t(`keys.state.${one.rotation.state}`, { count: one.rotation.renewed })}
        </span>
      )}
      {gone && (
        <span className={classes.when} data-late>
          {t('keys.gone')}
        </span>
      )}
      {writes && !gone && (
        <div className={classes.acts}>
          {one.version !== null && (
            <Button
              size="compact-sm"
              variant="default"
              disabled={rotating}
              loading={act.isPending}
              onClick={() => act.mutate(`/api/clients/${one.client_id}/key-rotations`)}
            >
              {t('keys.rotate')}
            </Button>
          )}
          {one.shredding && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => act.mutate(`/api/shreddings/${one.shredding?.id}/withdraw`)}
            >
              {t('keys.withdraw')}
            </Button>
          )}
          <Button size="compact-sm" variant="subtle" onClick={() => setEnding(true)}>
            {t(one.shredding ? 'keys.confirm' : 'keys.ask')}
          </Button>
        </div>
      )}
      {ending && <ShredDialog one={one} onClose={() => setEnding(false)} />}
    </li>
  );
}

function KeyLine({ one }: { one: ClientKey }) {
  const { t } = useTranslation('compliance');
  if (one.shredded_at !== null)
    return (
      <span>
        {t('keys.destroyed')} <When at={one.shredded_at} />
      </span>
    );
  if (one.version === null || one.made_at === null) return <span>{t('keys.none')}</span>;
  return (
    <span>
      {t('keys.version', { version: one.version })} <When at={one.made_at} />
      {one.kept > 1 && <> · {t('keys.kept', { count: one.kept - 1 })}</>}
    </span>
  );
}

/** Asks for the client's name, so that nobody means another one; whoever asks first also says why. */
function ShredDialog({ one, onClose }: { one: ClientKey; onClose: () => void }) {
  const { t } = useTranslation('compliance');
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const asked = one.shredding;
  const title = t(asked ? 'keys.confirm' : 'keys.ask');
  const send = useMutation({
    mutationFn: () =>
      asked
        ? http.post(`/api/shreddings/${asked.id}/confirm`, { client_name: name })
        : http.post(`/api/clients/${one.client_id}/shreddings`, { client_name: name, reason }),
    onSuccess: () => {
      onClose();
      return renew();
    },
    onError: toastError,
  });
  const ready = name.trim() === one.client_name && (asked !== null || reason.trim() !== '');
  return (
    <Modal opened title={title} onClose={onClose} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <p>{t(asked ? 'keys.confirmHint' : 'keys.askHint')}</p>
        {asked && (
          <p>
            {t('keys.reasonGiven')} <bdi>{asked.reason}</bdi>
          </p>
        )}
        {!asked && (
          <Textarea
            mt="sm"
            label={t('retention.reason')}
            autosize
            minRows={2}
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        <TextInput
          mt="sm"
          label={t('keys.name')}
          description={one.client_name}
          maxLength={120}
          autoComplete="off"
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" mt="md" color="red" loading={send.isPending} disabled={!ready}>
          {title}
        </Button>
      </form>
    </Modal>
  );
}
