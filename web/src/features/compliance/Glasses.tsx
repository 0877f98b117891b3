/** Emergency accesses: who had one, why, for how long, what was done, and what another person says of it. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconUrgent } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useCan, useMe } from '@/api/session';
import { Brand } from '@/components/Brand';
import { useNow } from '@/components/clock';
import { useFormat } from '@/components/format';
import { FormDialog } from '@/components/FormDialog';
import { Listing } from '@/components/Listing';
import { Empty } from '@/components/States';
import { When } from '@/components/Times';
import classes from '@/features/compliance/Compliance.module.css';
import { glassPages, VERDICTS, type Glass } from '@/features/compliance/data';
import { useDeed } from '@/features/compliance/deeds';
import { Due } from '@/features/compliance/Due';
import { Item, useSeeking, useSought } from '@/features/compliance/Sought';
import { WordsField } from '@/features/compliance/WordsField';

const SHOWN = ['open', 'all'] as const;

export function Glasses() {
  const { t } = useTranslation(['compliance', 'common']);
  const [shown, setShown] = useState<(typeof SHOWN)[number]>('all');
  return (
    <>
      <div className={classes.bar}>
        <p>{t('glass.lead')}</p>
        <SegmentedControl
          aria-label={t('glass.filter')}
          data={SHOWN.map((one) => ({ value: one, label: t(`glass.${one}`) }))}
          value={shown}
          onChange={setShown}
        />
      </div>
      <Listing
        query={useSeeking(
          useInfiniteQuery(glassPages(shown === 'open')),
          useSought().item,
          (one: Glass) => one.id,
        )}
        none={
          <Empty icon={<IconUrgent size={32} stroke={1.4} aria-hidden />} title={t('glass.none')}>
            {t('glass.noneHint')}
          </Empty>
        }
      >
        {(items) => (
          <ul className={classes.list} aria-label={t('common:complianceSection.break-glass')}>
            {items.map((one) => (
              <Row key={one.id} one={one} />
            ))}
          </ul>
        )}
      </Listing>
    </>
  );
}

function Row({ one }: { one: Glass }) {
  const { t } = useTranslation('compliance');
  const reads = useCan('audit.read');
  const now = useNow(15);
  const [reviewing, setReviewing] = useState(false);
  return (
    <Item id={one.id}>
      <div className={classes.whose}>
        <Brand clientId={one.client_id} />
      </div>
      <div className={classes.what}>
        <strong dir="auto">{one.person_name}</strong>
        <p>
          <bdi>{one.reason}</bdi>
        </p>
        <span>
          {one.reference && <>{t('glass.reference', { reference: one.reference })} · </>}
          {t(`glass.proof.${one.proof}`)}
        </span>
        {one.verdict && one.note && (
          <span>{t('glass.reviewed', { name: one.reviewed_by, note: one.note })}</span>
        )}
      </div>
      <Times one={one} />
      <Standing one={one} />
      {one.verdict === null && one.ended_at !== null && (
        <span className={classes.when} data-late={Date.parse(one.review_by) < now}>
          {t('due')} <Due at={one.review_by} />
        </span>
      )}
      <div className={classes.acts}>
        {reads && (
          <Link to="/setup/$section" params={{ section: 'audit' }} search={{ glass: one.id }}>
            {t('glass.done')}
          </Link>
        )}
        <ReviewButton one={one} onClick={() => setReviewing(true)} />
      </div>
      {reviewing && <ReviewDialog one={one} onClose={() => setReviewing(false)} />}
    </Item>
  );
}

function Times({ one }: { one: Glass }) {
  const { t } = useTranslation('compliance');
  const format = useFormat();
  const seconds = (Date.parse(one.ended_at ?? one.until) - Date.parse(one.begun_at)) / 1000;
  return (
    <span className={classes.when}>
      <When at={one.begun_at} /> ·{' '}
      {one.ended_how ? (
        <>
          {t('glass.lasted', { time: format.duration(seconds) })} {t(`glass.how.${one.ended_how}`)}
        </>
      ) : (
        <>
          {t('glass.running')} <Due at={one.until} />
        </>
      )}
    </span>
  );
}

function Standing({ one }: { one: Glass }) {
  const { t } = useTranslation('compliance');
  return (
    <span className={classes.standing} data-standing={one.verdict ?? 'open'}>
      {t(one.verdict === null ? 'glass.toReview' : `glass.${one.verdict}`)}
    </span>
  );
}

function ReviewButton({ one, onClick }: { one: Glass; onClick: () => void }) {
  const { t } = useTranslation('compliance');
  const me = useMe();
  const writes = useCan('compliance.write');
  if (!writes || one.verdict !== null || one.ended_at === null) return null;
  if (one.person_id === me.person.id) return <span className={classes.when}>{t('glass.own')}</span>;
  return (
    <Button size="compact-sm" variant="default" onClick={onClick}>
      {t('glass.review')}
    </Button>
  );
}

function ReviewDialog({ one, onClose }: { one: Glass; onClose: () => void }) {
  const { t } = useTranslation('compliance');
  const [verdict, setVerdict] = useState<(typeof VERDICTS)[number]>('accepted');
  const [note, setNote] = useState('');
  const review = useDeed(
    () => http.post(`/api/break-glass/${one.id}/review`, { verdict, note: note.trim() }),
    onClose,
  );
  return (
    <FormDialog
      title={t('glass.review')}
      ready={note.trim().length >= 3}
      busy={review.isPending}
      onSubmit={() => review.mutate()}
      onClose={onClose}
    >
      <p>
        <bdi>{one.person_name}</bdi>: <bdi>{one.reason}</bdi>
      </p>
      <SegmentedControl
        aria-label={t('glass.verdict')}
        data={VERDICTS.map((value) => ({ value, label: t(`glass.${value}`) }))}
        value={verdict}
        onChange={setVerdict}
      />
      <WordsField label={t('glass.note')} value={note} onChange={setNote} />
    </FormDialog>
  );
}
