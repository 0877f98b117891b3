/** What is kept whatever the rules say, and until when. */
import { Button, Select, TextInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useCan } from '@/api/session';
import type { Uuid } from '@/api/types';
import { useActions, type Action } from '@/components/actions';
import { FormDialog } from '@/components/FormDialog';
import { Listing } from '@/components/Listing';
import { Empty } from '@/components/States';
import { When } from '@/components/Times';
import classes from '@/features/compliance/Compliance.module.css';
import { holdsQuery, SCOPES, type Hold } from '@/features/compliance/data';
import { useDeed } from '@/features/compliance/deeds';
import { Due } from '@/features/compliance/Due';
import { Reason } from '@/features/compliance/Reason';
import { Item, useSeeking, useSought } from '@/features/compliance/Sought';
import { WordsDialog } from '@/features/compliance/WordsDialog';

export function Holds({ client }: { client: Uuid }) {
  const { t } = useTranslation(['compliance', 'common']);
  const writes = useCan('compliance.write');
  const [placing, setPlacing] = useState(false);
  const [lifting, setLifting] = useState<Hold | null>(null);
  const lift = useDeed(({ id, reason }: { id: Uuid; reason: string }) =>
    http.post(`/api/holds/${id}/lift`, { reason }),
  );
  const place: Action = {
    id: 'compliance.hold',
    name: t('holds.place'),
    group: t('common:place.compliance'),
    run: () => setPlacing(true),
  };
  useActions(writes ? [place] : []);
  return (
    <section>
      <div className={classes.bar}>
        <h2>{t('holds.title')}</h2>
        {writes && (
          <Button variant="default" onClick={() => setPlacing(true)}>
            {t('holds.place')}
          </Button>
        )}
      </div>
      <Listing
        query={useSeeking(
          useInfiniteQuery(holdsQuery(client)),
          useSought().item,
          (one: Hold) => one.id,
        )}
        none={
          <Empty icon={<IconLock size={32} stroke={1.4} aria-hidden />} title={t('holds.none')}>
            {t('holds.noneHint')}
          </Empty>
        }
      >
        {(holds) => (
          <ul className={classes.list} aria-label={t('holds.title')}>
            {holds.map((one) => (
              <Item key={one.id} id={one.id}>
                <div className={classes.what}>
                  <strong>{t(`scope.${one.scope}`)}</strong>
                  <span>
                    <bdi>{one.reason}</bdi>
                  </span>
                </div>
                <span className={classes.when}>
                  <bdi>{one.placed_by}</bdi> · <When at={one.placed_at} />
                </span>
                {one.until && (
                  <span className={classes.when}>
                    {t('holds.until')} <Due at={one.until} />
                  </span>
                )}
                {writes && (
                  <Button size="compact-sm" variant="subtle" onClick={() => setLifting(one)}>
                    {t('holds.lift')}
                  </Button>
                )}
              </Item>
            ))}
          </ul>
        )}
      </Listing>
      {placing && <PlaceHold client={client} onClose={() => setPlacing(false)} />}
      {lifting && (
        <WordsDialog
          title={t('holds.lift')}
          label={t('retention.reason')}
          onClose={() => setLifting(null)}
          onDone={(reason) => {
            setLifting(null);
            lift.mutate({ id: lifting.id, reason });
          }}
        />
      )}
    </section>
  );
}

function PlaceHold({ client, onClose }: { client: Uuid; onClose: () => void }) {
  const { t } = useTranslation('compliance');
  const [scope, setScope] = useState<Hold['scope']>('client');
  const [subject, setSubject] = useState('');
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const place = useDeed(
    () =>
      http.post('/api/holds', {
        client_id: client,
        scope,
        reason,
        ...(scope !== 'client' && { subject_id: subject.trim() }),
        ...(until && { until: new Date(`${until}T23:59:59`).toISOString() }),
      }),
    onClose,
  );
  return (
    <FormDialog
      title={t('holds.place')}
      ready={Boolean(reason.trim())}
      busy={place.isPending}
      onSubmit={() => place.mutate()}
      onClose={onClose}
    >
      <Select
        label={t('holds.scope')}
        allowDeselect={false}
        value={scope}
        onChange={(value) => value && setScope(value as Hold['scope'])}
        data={SCOPES.map((one) => ({ value: one, label: t(`scope.${one}`) }))}
      />
      {scope !== 'client' && (
        <TextInput
          label={t('holds.subject')}
          description={t('holds.subjectHint')}
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
      )}
      <Reason value={reason} onChange={setReason} />
      <TextInput
        type="date"
        label={t('holds.until')}
        description={t('holds.untilHint')}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
