/** Incidents with their deadlines; one opened shows what is to be done and what was. */
import { Badge, Button, Checkbox, Textarea, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useCan, useMe } from '@/api/session';
import type { Uuid } from '@/api/types';
import { Brand } from '@/components/Brand';
import { useNow } from '@/components/clock';
import { FormDialog } from '@/components/FormDialog';
import { RowSkeletons } from '@/components/States';
import { When } from '@/components/Times';
import classes from '@/features/compliance/Compliance.module.css';
import {
  incidentQuery,
  incidentsQuery,
  REGIMES,
  type Duty,
  type Incident,
} from '@/features/compliance/data';
import { ClientSelect, useDeed } from '@/features/compliance/deeds';
import { Due } from '@/features/compliance/Due';
import { Notice } from '@/features/compliance/Notice';
import { Records } from '@/features/compliance/Records';
import { Item, useSeeking, useSought } from '@/features/compliance/Sought';
import { WordsDialog } from '@/features/compliance/WordsDialog';

export function Incidents() {
  const { t } = useTranslation('compliance');
  const writes = useCan('compliance.write');
  return (
    <Records
      query={useSeeking(
        useInfiniteQuery(incidentsQuery),
        useSought().incident,
        (one: Incident) => one.id,
      )}
      words={{
        lead: t('incidents.lead'),
        register: t('incidents.register'),
        none: t('incidents.none'),
        noneHint: t('incidents.noneHint'),
      }}
      icon={<IconAlertTriangle size={32} stroke={1.4} aria-hidden />}
      row={(one) => <Row key={one.id} one={one} writes={writes} />}
      register={(onClose) => <Register onClose={onClose} />}
    />
  );
}

function Row({ one, writes }: { one: Incident; writes: boolean }) {
  const { t } = useTranslation('compliance');
  const now = useNow();
  const sought = useSought().incident;
  const [opened, setOpened] = useState(sought === one.id);
  return (
    <li>
      <div className={classes.whose}>
        <Brand clientId={one.client_id} />
      </div>
      <div className={classes.what}>
        <strong>{one.title}</strong>
        <span>{t(`severity.${one.severity}`)}</span>
      </div>
      <Badge variant="light" color={one.status === 'closed' ? 'gray' : 'blue'}>
        {t(`incident.${one.status}`)}
      </Badge>
      {one.next_due_at && (
        <span className={classes.when} data-late={Date.parse(one.next_due_at) < now}>
          {t('due')} <Due at={one.next_due_at} />
        </span>
      )}
      <Button
        size="compact-sm"
        variant="default"
        aria-expanded={opened}
        rightSection={opened ? <IconChevronUp size={14} /> : <IconChevronDown size={14} />}
        onClick={() => setOpened(!opened)}
      >
        {t('incidents.open')}
      </Button>
      {opened && <File one={one} writes={writes && one.status !== 'closed'} />}
    </li>
  );
}

function File({ one, writes }: { one: Incident; writes: boolean }) {
  const { t } = useTranslation('compliance');
  const query = useQuery(incidentQuery(one.id));
  const close = useDeed(() => http.post(`/api/incidents/${one.id}/close`));
  if (!query.data) {
    return (
      <div className={classes.file}>
        <RowSkeletons count={3} height={40} />
      </div>
    );
  }
  return (
    <div className={classes.file}>
      <h2>{t('incidents.duties')}</h2>
      <ul className={classes.list} aria-label={t('incidents.duties')}>
        {query.data.duties.map((duty) => (
          <DutyRow key={duty.id} incident={one.id} duty={duty} writes={writes} />
        ))}
      </ul>
      {writes && (
        <div>
          <Button variant="default" loading={close.isPending} onClick={() => close.mutate()}>
            {t('incidents.close')}
          </Button>
        </div>
      )}
      <h2>{t('incidents.timeline')}</h2>
      <ul className={classes.list} aria-label={t('incidents.timeline')}>
        {query.data.entries.map((entry) => (
          <li key={entry.id}>
            <span className={classes.when}>
              <When at={entry.at} /> · {entry.by}
            </span>
            <span className={classes.what} dir="auto">
              {entry.text}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function DutyRow({ incident, duty, writes }: { incident: Uuid; duty: Duty; writes: boolean }) {
  const { t } = useTranslation('compliance');
  const now = useNow();
  const [asking, setAsking] = useState<'done' | 'waive' | null>(null);
  const settle = useDeed((body: { note: string; waived: boolean }) =>
    http.post(`/api/incidents/${incident}/duties/${duty.id}/settle`, body),
  );
  const late = !duty.done_at && duty.due_at !== null && Date.parse(duty.due_at) < now;
  return (
    <Item id={duty.id}>
      <div className={classes.what}>
        <strong>{t(`duty.${duty.key}`)}</strong>
        {duty.done_at && (
          <span>
            {t(duty.waived ? 'incidents.waived' : 'incidents.done')} · {duty.done_by} · {duty.note}
          </span>
        )}
      </div>
      {duty.due_at && (
        <span className={classes.when} data-late={late}>
          {t('due')} <Due at={duty.due_at} />
        </span>
      )}
      {writes && !duty.done_at && (
        <div className={classes.acts}>
          <Button size="compact-sm" variant="default" onClick={() => setAsking('done')}>
            {t('incidents.done')}
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={() => setAsking('waive')}>
            {t('incidents.waive')}
          </Button>
        </div>
      )}
      {duty.draft && <Notice incident={incident} duty={duty} writes={writes} />}
      {asking && (
        <WordsDialog
          title={t(asking === 'done' ? 'incidents.done' : 'incidents.waive')}
          label={t('incidents.note')}
          onClose={() => setAsking(null)}
          onDone={(note) => {
            setAsking(null);
            settle.mutate({ note, waived: asking === 'waive' });
          }}
        />
      )}
    </Item>
  );
}

function Register({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('compliance');
  const me = useMe();
  const [client, setClient] = useState<Uuid | null>(me.clients[0]?.id ?? null);
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
  const [regimes, setRegimes] = useState<string[]>(['gdpr']);
  const open = useDeed(
    () =>
      http.post('/api/incidents', {
        client_ids: [client],
        title,
        description,
        regimes,
        time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      }),
    onClose,
  );
  return (
    <FormDialog
      title={t('incidents.register')}
      ready={Boolean(title.trim()) && regimes.length > 0}
      busy={open.isPending}
      onSubmit={() => open.mutate()}
      onClose={onClose}
    >
      <ClientSelect value={client} onChange={setClient} />
      <TextInput
        label={t('incidents.title')}
        maxLength={200}
        data-autofocus
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <Textarea
        label={t('incidents.description')}
        autosize
        minRows={3}
        maxLength={10000}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Checkbox.Group label={t('incidents.regimes')} value={regimes} onChange={setRegimes}>
        {REGIMES.map((one) => (
          <Checkbox key={one} mt="xs" value={one} label={t(`regime.${one}`)} />
        ))}
      </Checkbox.Group>
    </FormDialog>
  );
}
