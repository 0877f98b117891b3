/** Incidents with their deadlines, newest first. */
import { Badge, Button } from '@mantine/core';
import { IconAlertTriangle, IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/api/session';
import { Brand } from '@/components/Brand';
import { useNow } from '@/components/clock';
import classes from '@/features/compliance/Compliance.module.css';
import { incidentsQuery, type Incident } from '@/features/compliance/data';
import { Due } from '@/features/compliance/Due';
import { IncidentFile } from '@/features/compliance/IncidentFile';
import { RegisterIncident } from '@/features/compliance/IncidentForm';
import { Records } from '@/features/compliance/Records';
import { useSeeking, useSought } from '@/features/compliance/Sought';

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
      form={(onClose) => <RegisterIncident onClose={onClose} />}
    />
  );
}

function Row({ one, writes }: { one: Incident; writes: boolean }) {
  const { t } = useTranslation('compliance');
  const now = useNow();
  const sought = useSought().incident;
  const [wanted, setWanted] = useState<boolean | null>(null);
  const opened = wanted ?? sought === one.id;
  const closed = one.status === 'closed';
  return (
    <li>
      <div className={classes.whose}>
        <Brand clientId={one.client_id} />
      </div>
      <div className={classes.what}>
        <strong>{one.title}</strong>
        <span>{t(`severity.${one.severity}`)}</span>
      </div>
      <Badge variant="light" color={closed ? 'gray' : 'blue'}>
        {t(`incident.${one.status}`)}
      </Badge>
      {one.next_due_at && (
        <span className={classes.when} data-late={Date.parse(one.next_due_at) < now}>
          {t('due')} <Due at={one.next_due_at} />
        </span>
      )}
      <Button
        size="compact-sm"
        variant={closed ? 'subtle' : 'default'}
        aria-expanded={opened}
        rightSection={opened ? <IconChevronUp size={14} /> : <IconChevronDown size={14} />}
        onClick={() => setWanted(!opened)}
      >
        {t(closed ? 'incidents.settled' : 'incidents.open')}
      </Button>
      {opened && <IncidentFile one={one} writes={writes && !closed} />}
    </li>
  );
}
