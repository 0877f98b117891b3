/** What is kept whatever the rules say, and until when; what was kept once, and who lifted it why. */
import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { caseQuery, conversationQuery } from '@/api/conversations';
import { http } from '@/api/http';
import { useCan } from '@/api/session';
import type { Uuid } from '@/api/types';
import { useActions, type Action } from '@/components/actions';
import { useNow } from '@/components/clock';
import { FormDialog } from '@/components/FormDialog';
import { Listing } from '@/components/Listing';
import { Empty } from '@/components/States';
import { When } from '@/components/Times';
import classes from '@/features/compliance/Compliance.module.css';
import { holdsQuery, SCOPES, type Hold } from '@/features/compliance/data';
import { useDeed } from '@/features/compliance/deeds';
import { Due } from '@/features/compliance/Due';
import { idIn } from '@/features/compliance/ids';
import { Reason } from '@/features/compliance/Reason';
import { Item, useSeeking, useSought } from '@/features/compliance/Sought';
import { WordsDialog } from '@/features/compliance/WordsDialog';

const SHOWN = ['standing', 'all'] as const;

export function Holds({ client }: { client: Uuid }) {
  const { t } = useTranslation(['compliance', 'common']);
  const writes = useCan('compliance.write');
  const [shown, setShown] = useState<(typeof SHOWN)[number]>('standing');
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
        <div className={classes.acts}>
          <SegmentedControl
            aria-label={t('holds.filter')}
            data={SHOWN.map((one) => ({ value: one, label: t(`holds.${one}`) }))}
            value={shown}
            onChange={setShown}
          />
          {writes && (
            <Button variant="default" onClick={() => setPlacing(true)}>
              {t('holds.place')}
            </Button>
          )}
        </div>
      </div>
      <Listing
        query={useSeeking(
          useInfiniteQuery(holdsQuery(client, shown === 'standing')),
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
              <Row key={one.id} one={one} {...(writes && { onLift: () => setLifting(one) })} />
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

function Row({ one, onLift }: { one: Hold; onLift?: () => void }) {
  const { t } = useTranslation('compliance');
  const now = useNow(60);
  const stands = one.lifted_at === null && (one.until === null || Date.parse(one.until) > now);
  return (
    <Item id={one.id}>
      <div className={classes.what}>
        <strong>{t(`scope.${one.scope}`)}</strong>
        <Subject one={one} />
        <span>
          <bdi>{one.reason}</bdi>
        </span>
        {one.lifted_why && (
          <span>{t('holds.lifted', { name: one.lifted_by, why: one.lifted_why })}</span>
        )}
      </div>
      <span className={classes.when}>
        <bdi>{one.placed_by}</bdi> · <When at={one.placed_at} />
      </span>
      {one.until && (
        <span className={classes.when}>
          {t('holds.until')} <Due at={one.until} />
        </span>
      )}
      {!stands && <span className={classes.when}>{t('holds.over')}</span>}
      {stands && onLift && (
        <Button size="compact-sm" variant="subtle" onClick={onLift}>
          {t('holds.lift')}
        </Button>
      )}
    </Item>
  );
}

/** Leads to what is kept, for those who may see it. */
function Subject({ one }: { one: Hold }) {
  const { t } = useTranslation('compliance');
  const customers = useCan('customers.read');
  const contacts = useCan('conversations.read');
  const id = one.subject_id;
  if (id === null) return null;
  if (one.scope === 'case') return contacts ? <CaseLink id={id} /> : null;
  if (one.scope === 'customer') {
    if (!customers) return null;
    return (
      <Link to="/customers/$customerId" params={{ customerId: id }}>
        {t('holds.open')}
      </Link>
    );
  }
  if (!contacts) return null;
  return (
    <Link to="/conversations/$conversationId" params={{ conversationId: id }}>
      {t('holds.open')}
    </Link>
  );
}

/** A case has no page of its own: its newest contact shows it. */
function CaseLink({ id }: { id: Uuid }) {
  const { t } = useTranslation('compliance');
  const { data } = useQuery(caseQuery(id));
  const contact = data?.conversations[0];
  if (contact === undefined) return null;
  return (
    <Link to="/conversations/$conversationId" params={{ conversationId: contact.id }}>
      {t('holds.case', { number: data?.number })}
    </Link>
  );
}

/** The id of what is to be held: a case is told by any of its contacts as well, as it has no address of its own. */
async function subjectOf(scope: Hold['scope'], id: Uuid): Promise<Uuid> {
  if (scope !== 'case') return id;
  const contact = await queryClient.fetchQuery(conversationQuery(id)).catch(() => null);
  return contact?.case_id ?? id;
}

function PlaceHold({ client, onClose }: { client: Uuid; onClose: () => void }) {
  const { t } = useTranslation('compliance');
  const [scope, setScope] = useState<Hold['scope']>('client');
  const [subject, setSubject] = useState('');
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const id = idIn(subject);
  const place = useDeed(
    async () =>
      http.post('/api/holds', {
        client_id: client,
        scope,
        reason,
        ...(scope !== 'client' && id && { subject_id: await subjectOf(scope, id) }),
        ...(until && { until: new Date(`${until}T23:59:59`).toISOString() }),
      }),
    onClose,
  );
  return (
    <FormDialog
      title={t('holds.place')}
      ready={Boolean(reason.trim()) && (scope === 'client' || id !== null)}
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
          description={t(scope === 'case' ? 'holds.caseHint' : 'holds.subjectHint')}
          error={subject.trim() && id === null && t('holds.noId')}
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
