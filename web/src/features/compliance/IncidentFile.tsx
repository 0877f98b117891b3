/** An incident opened: what is known, what is to be done by when, and what was done. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import type { Uuid } from '@/api/types';
import { useActions, type Action } from '@/components/actions';
import { useNow } from '@/components/clock';
import { useFormat } from '@/components/format';
import { isolate } from '@/components/languages';
import { RowSkeletons } from '@/components/States';
import { When } from '@/components/Times';
import classes from '@/features/compliance/Compliance.module.css';
import {
  incidentQuery,
  type Duty,
  type Incident,
  type IncidentFile as Whole,
} from '@/features/compliance/data';
import { useDeed } from '@/features/compliance/deeds';
import { Due } from '@/features/compliance/Due';
import { CorrectIncident } from '@/features/compliance/IncidentForm';
import { Notice } from '@/features/compliance/Notice';
import { Item } from '@/features/compliance/Sought';
import { WordsDialog } from '@/features/compliance/WordsDialog';

export function IncidentFile({ one, writes }: { one: Incident; writes: boolean }) {
  const { t } = useTranslation('compliance');
  const { data } = useQuery(incidentQuery(one.id));
  if (!data) {
    return (
      <div className={classes.file}>
        <RowSkeletons count={3} height={40} />
      </div>
    );
  }
  const duties = t(one.status === 'closed' ? 'incidents.settled' : 'incidents.duties');
  return (
    <div className={classes.file}>
      <h2>{t('incidents.known')}</h2>
      <Known one={data.incident} />
      {writes && <Acts one={data.incident} />}
      <h2>{duties}</h2>
      <ul className={classes.list} aria-label={duties}>
        {data.duties.map((duty) => (
          <DutyRow key={duty.id} incident={one.id} duty={duty} writes={writes} />
        ))}
      </ul>
      <Timeline file={data} writes={writes} />
    </div>
  );
}

function Known({ one }: { one: Incident }) {
  const { t, i18n } = useTranslation('compliance');
  const format = useFormat();
  const unknown = t('incidents.unknown');
  const kinds = one.data_kinds.map((each) => isolate(each, i18n.dir()));
  const facts = [
    [
      t('incidents.description'),
      one.description ? <div dir="auto">{one.description}</div> : unknown,
    ],
    [t('incidents.aware'), format.exact(one.aware_at)],
    [t('incidents.occurred'), one.occurred_at ? format.exact(one.occurred_at) : unknown],
    [t('incidents.zone'), one.time_zone],
    [
      t('incidents.customers'),
      one.customers_estimate ? format.number(one.customers_estimate) : unknown,
    ],
    [t('incidents.kinds'), format.list(kinds) || unknown],
    [t('incidents.regimes'), format.list(one.regimes.map((each) => t(`regime.${each}`)))],
    ...(one.contract_hours === null
      ? []
      : [[t('incidents.hours'), format.number(one.contract_hours)] as const]),
  ] as const;
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Something that can be done with an incident, for the palette: several may be open. */
function useAct(one: Incident, id: string, act: string, run: () => void): Action {
  const { t } = useTranslation(['compliance', 'common']);
  const name = t('incidents.actOn', { act, title: one.title });
  return { id: `incident.${id}.${one.id}`, name, group: t('common:place.compliance'), run };
}

/** What can be done with the incident as a whole. */
function Acts({ one }: { one: Incident }) {
  const { t } = useTranslation('compliance');
  const [correcting, setCorrecting] = useState(false);
  const contain = useDeed((contained: boolean) =>
    http.patch(`/api/incidents/${one.id}`, { contained }),
  );
  const close = useDeed(() => http.post(`/api/incidents/${one.id}/close`));
  const contained = one.status === 'contained';
  const toContain = t(contained ? 'incidents.uncontain' : 'incidents.contain');
  useActions([
    useAct(one, 'correct', t('incidents.correct'), () => setCorrecting(true)),
    useAct(one, 'contain', toContain, () => contain.mutate(!contained)),
    useAct(one, 'close', t('incidents.close'), () => close.mutate()),
  ]);
  return (
    <div className={classes.acts}>
      <Button size="compact-sm" variant="default" onClick={() => setCorrecting(true)}>
        {t('incidents.correct')}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        loading={contain.isPending}
        onClick={() => contain.mutate(!contained)}
      >
        {toContain}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        loading={close.isPending}
        onClick={() => close.mutate()}
      >
        {t('incidents.close')}
      </Button>
      {correcting && <CorrectIncident one={one} onClose={() => setCorrecting(false)} />}
    </div>
  );
}

function Timeline({ file, writes }: { file: Whole; writes: boolean }) {
  const { t } = useTranslation('compliance');
  const [adding, setAdding] = useState(false);
  const add = useDeed(
    (text: string) => http.post(`/api/incidents/${file.incident.id}/entries`, { text }),
    () => setAdding(false),
  );
  const toAdd = useAct(file.incident, 'add', t('incidents.add'), () => setAdding(true));
  useActions(writes ? [toAdd] : []);
  return (
    <>
      <div className={classes.bar}>
        <h2>{t('incidents.timeline')}</h2>
        {writes && (
          <Button size="compact-sm" variant="default" onClick={() => setAdding(true)}>
            {t('incidents.add')}
          </Button>
        )}
      </div>
      <ul className={classes.list} aria-label={t('incidents.timeline')}>
        {file.entries.map((entry) => (
          <li key={entry.id}>
            <span className={classes.when}>
              <When at={entry.at} /> · <bdi>{entry.by}</bdi>
            </span>
            <span className={classes.what} dir="auto">
              {entry.text}
            </span>
          </li>
        ))}
      </ul>
      {adding && (
        <WordsDialog
          title={t('incidents.add')}
          label={t('incidents.entry')}
          busy={add.isPending}
          onClose={() => setAdding(false)}
          onDone={(text) => add.mutate(text)}
        />
      )}
    </>
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
