/** Requests of data subjects, with the next step of each. */
import { Badge, Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconUserShield } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, http } from '@/api/http';
import { useCan, useMe } from '@/api/session';
import type { Instant, Page, Uuid } from '@/api/types';
import { Brand } from '@/components/Brand';
import { useNow } from '@/components/clock';
import { toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { FormDialog } from '@/components/FormDialog';
import { displayName } from '@/components/names';
import classes from '@/features/compliance/Compliance.module.css';
import { requestsQuery, saveExport, type PrivacyRequest } from '@/features/compliance/data';
import { ClientSelect, useDeed } from '@/features/compliance/deeds';
import { Due } from '@/features/compliance/Due';
import { MomentField } from '@/features/compliance/MomentField';
import { Records } from '@/features/compliance/Records';
import { Item, useSeeking, useSought } from '@/features/compliance/Sought';
import { WordsDialog } from '@/features/compliance/WordsDialog';

export function Requests() {
  const { t } = useTranslation('compliance');
  const writes = useCan('compliance.write');
  return (
    <Records
      query={useSeeking(
        useInfiniteQuery(requestsQuery),
        useSought().item,
        (one: PrivacyRequest) => one.id,
      )}
      words={{
        lead: t('requests.lead'),
        register: t('requests.register'),
        none: t('requests.none'),
        noneHint: t('requests.noneHint'),
      }}
      icon={<IconUserShield size={32} stroke={1.4} aria-hidden />}
      row={(one) => <Row key={one.id} one={one} writes={writes} />}
      form={(onClose) => <Register onClose={onClose} />}
    />
  );
}

function Row({ one, writes }: { one: PrivacyRequest; writes: boolean }) {
  const { t } = useTranslation('compliance');
  const now = useNow();
  const format = useFormat();
  const [asking, setAsking] = useState<'verify' | 'refuse' | 'extend' | null>(null);
  const [correcting, setCorrecting] = useState(false);
  const [erasing, setErasing] = useState(false);
  const step = useDeed(({ name, body }: { name: string; body?: Record<string, string> }) =>
    http.post(`/api/privacy-requests/${one.id}/${name}`, body),
  );
  const open = one.closed_at === null;
  const runs = one.status === 'verified' || one.status === 'waiting';
  const fetched = one.export_until !== null && Date.parse(one.export_until) > now;
  return (
    <Item id={one.id}>
      <div className={classes.whose}>
        <Brand clientId={one.client_id} />
      </div>
      <div className={classes.what}>
        <Subject one={one} />
        <span>
          {t(`kind.${one.kind}`)} · {t('requests.registeredBy', { name: one.opened_by })}
          {' · '}
          {t('requests.arrived', { when: format.exact(one.received_at) })}
          {one.verified_by && ` · ${t('requests.verifiedBy', { name: one.verified_by })}`}
        </span>
        {one.outcome?.kept.map((kept) => (
          <span key={kept.what + kept.why}>
            {t('requests.kept', {
              what: t(`keptWhat.${kept.what}`, { count: kept.count }),
              why: t(`why.${kept.why}`),
            })}
          </span>
        ))}
      </div>
      <Badge variant="light" color={open ? 'blue' : 'gray'}>
        {t(`status.${one.status}`)}
      </Badge>
      {open && (
        <span className={classes.when} data-late={Date.parse(one.due_at) < now}>
          {t('due')} <Due at={one.due_at} />
        </span>
      )}
      {writes && (
        <div className={classes.acts}>
          {one.status === 'received' && (
            <Button size="compact-sm" onClick={() => setAsking('verify')}>
              {t('requests.verify')}
            </Button>
          )}
          {runs && (
            <Button
              size="compact-sm"
              {...(one.kind === 'erasure' && { color: 'red' })}
              loading={step.isPending}
              onClick={() =>
                one.kind === 'erasure' ? setErasing(true) : step.mutate({ name: 'carry-out' })
              }
            >
              {t(`carryOut.${one.kind}`)}
            </Button>
          )}
          {fetched && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => void saveExport(one.id).catch(toastError)}
            >
              {t('requests.fetch')}
            </Button>
          )}
          {open && one.status !== 'running' && (
            <>
              <Button size="compact-sm" variant="subtle" onClick={() => setAsking('extend')}>
                {t('requests.extend')}
              </Button>
              <Button size="compact-sm" variant="subtle" onClick={() => setAsking('refuse')}>
                {t('requests.refuse')}
              </Button>
            </>
          )}
          {open && (
            <Button size="compact-sm" variant="subtle" onClick={() => setCorrecting(true)}>
              {t('requests.correct')}
            </Button>
          )}
        </div>
      )}
      {correcting && <Correct one={one} onClose={() => setCorrecting(false)} />}
      {erasing && (
        <FormDialog
          title={t('carryOut.erasure')}
          ready
          destroys
          onSubmit={() => {
            setErasing(false);
            step.mutate({ name: 'carry-out' });
          }}
          onClose={() => setErasing(false)}
        >
          {one.customer_name && (
            <p>
              <bdi>{displayName(one.customer_name)}</bdi>
            </p>
          )}
          <p>{t('goesForGood')}</p>
        </FormDialog>
      )}
      {asking && (
        <WordsDialog
          title={t(`requests.${asking}`)}
          label={t(`requests.${asking}How`)}
          onClose={() => setAsking(null)}
          onDone={(words) => {
            setAsking(null);
            step.mutate({
              name: asking,
              body: asking === 'verify' ? { how: words } : { reason: words },
            });
          }}
        />
      )}
    </Item>
  );
}

/** Whom it is about, for those who may see customers. */
function Subject({ one }: { one: PrivacyRequest }) {
  const { t } = useTranslation('compliance');
  if (one.customer_name === null) return null;
  return (
    <Link to="/customers/$customerId" params={{ customerId: one.customer_id }}>
      <bdi>{one.customer_erased ? t('requests.erased') : displayName(one.customer_name)}</bdi>
    </Link>
  );
}

/** When it arrived after all; what it is due by follows. */
function Correct({ one, onClose }: { one: PrivacyRequest; onClose: () => void }) {
  const { t } = useTranslation('compliance');
  const [received, setReceived] = useState<Instant | null>(one.received_at);
  const correct = useDeed(
    () => http.patch(`/api/privacy-requests/${one.id}`, { received_at: received }),
    onClose,
  );
  return (
    <FormDialog
      title={t('requests.correct')}
      ready={received !== null && received !== one.received_at}
      busy={correct.isPending}
      onSubmit={() => correct.mutate()}
      onClose={onClose}
    >
      <MomentField
        label={t('requests.received')}
        hint={t('requests.correctHint')}
        value={received}
        onChange={setReceived}
      />
    </FormDialog>
  );
}

/** The open erasure that a second one of the same customer was refused for. */
const standingIn = (error: unknown): Uuid | null =>
  error instanceof ApiError && error.code === 'erasure_open' ? error.about : null;

function Register({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('compliance');
  const me = useMe();
  const [client, setClient] = useState<Uuid | null>(me.clients[0]?.id ?? null);
  const [search, setSearch] = useState('');
  const [customer, setCustomer] = useState<Uuid | null>(null);
  const [kind, setKind] = useState('access');
  const [origin, setOrigin] = useState('');
  const [received, setReceived] = useState<Instant | null>(null);
  const found = useQuery({
    queryKey: ['compliance', 'customers', client, search],
    queryFn: () =>
      http.get<Page<{ id: Uuid; name: string; primary_identity: string | null }>>(
        '/api/customers',
        { client_id: client, search, limit: 20 },
      ),
    enabled: client !== null,
  });
  const open = useDeed(
    () =>
      http.post('/api/privacy-requests', {
        client_id: client,
        customer_id: customer,
        kind,
        origin,
        received_at: received,
      }),
    onClose,
    (error) => {
      if (standingIn(error) === null) toastError(error);
    },
  );
  const standing = standingIn(open.error);
  return (
    <FormDialog
      title={t('requests.register')}
      ready={customer !== null && Boolean(origin.trim()) && standing === null}
      busy={open.isPending}
      onSubmit={() => open.mutate()}
      onClose={onClose}
    >
      <SegmentedControl
        fullWidth
        aria-label={t('requests.kind')}
        value={kind}
        onChange={(chosen) => {
          open.reset();
          setKind(chosen);
        }}
        data={[
          { value: 'access', label: t('kind.access') },
          { value: 'erasure', label: t('kind.erasure') },
        ]}
      />
      <ClientSelect
        value={client}
        onChange={(chosen) => {
          open.reset();
          setClient(chosen);
          setCustomer(null);
        }}
      />
      <Select
        searchable
        label={t('customer')}
        value={customer}
        onChange={(chosen) => {
          open.reset();
          setCustomer(chosen);
        }}
        onSearchChange={setSearch}
        filter={({ options }) => options}
        data={(found.data?.items ?? []).map((one) => ({
          value: one.id,
          label: [one.name, one.primary_identity].filter(Boolean).join(' · ') || one.id,
        }))}
      />
      <TextInput
        label={t('requests.origin')}
        maxLength={500}
        value={origin}
        onChange={(event) => setOrigin(event.currentTarget.value)}
      />
      <MomentField
        label={t('requests.received')}
        hint={t('requests.receivedHint')}
        value={received}
        onChange={setReceived}
      />
      {standing !== null && client !== null && (
        <div role="alert" className={classes.obstacle}>
          <p>{t('requests.standing')}</p>
          <Link
            to="/compliance/$section"
            params={{ section: 'requests' }}
            search={{ client, item: standing }}
            onClick={onClose}
          >
            {t('requests.showStanding')}
          </Link>
        </div>
      )}
    </FormDialog>
  );
}
