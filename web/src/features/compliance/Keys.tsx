/** Each client's key: its version and age, how far a rotation is, and its end by two people. */
import { Button } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useCan, useMe } from '@/api/session';
import { Brand } from '@/components/Brand';
import { Listing } from '@/components/Listing';
import { Empty } from '@/components/States';
import { When } from '@/components/Times';
import classes from '@/features/compliance/Compliance.module.css';
import { keysQuery, type ClientKey } from '@/features/compliance/data';
import { useDeed } from '@/features/compliance/deeds';
import { Ending } from '@/features/compliance/Ending';
import { ShredDialog } from '@/features/compliance/ShredDialog';
import { Item, useSeeking, useSought } from '@/features/compliance/Sought';

export function Keys() {
  const { t } = useTranslation(['compliance', 'common']);
  return (
    <Listing
      query={useSeeking(
        useInfiniteQuery(keysQuery),
        useSought().item,
        (one: ClientKey) => one.shredding?.id,
      )}
      nameOf={(one) => one.client_name}
      none={<Empty title={t('retention.noClient')}>{t('keys.lead')}</Empty>}
    >
      {(keys) => (
        <>
          <div className={classes.bar}>
            <p>{t('keys.lead')}</p>
          </div>
          <ul className={classes.list} aria-label={t('common:complianceSection.keys')}>
            {keys.map((one) => (
              <KeyRow key={one.client_id} one={one} />
            ))}
          </ul>
        </>
      )}
    </Listing>
  );
}

function KeyRow({ one }: { one: ClientKey }) {
  const { t } = useTranslation('compliance');
  const writes = useCan('compliance.write');
  const [ending, setEnding] = useState(false);
  const sought = useSought().client === one.client_id;
  const [opened, setOpened] = useState(sought);
  const rotate = useDeed(() => http.post(`/api/clients/${one.client_id}/key-rotations`));
  const gone = one.shredded_at !== null;
  const rotating = one.rotation !== null && one.rotation.state !== 'done';
  return (
    <Item id={one.shredding?.id}>
      <div className={classes.what}>
        <Brand clientId={one.client_id} />
        <KeyLine one={one} />
        <RotationLine rotation={one.rotation} />
      </div>
      {gone && (
        <span className={classes.when} data-late>
          {t('keys.gone')}
        </span>
      )}
      {writes && (
        <div className={classes.acts}>
          {one.version !== null && !gone && (
            <Button
              size="compact-sm"
              variant="default"
              disabled={rotating}
              loading={rotate.isPending}
              onClick={() => rotate.mutate()}
            >
              {t('keys.rotate')}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            aria-expanded={opened}
            rightSection={opened ? <IconChevronUp size={14} /> : <IconChevronDown size={14} />}
            onClick={() => setOpened(!opened)}
          >
            {t('ending.title')}
          </Button>
        </div>
      )}
      {one.shredding && !gone && (
        <Asked shredding={one.shredding} writes={writes} onConfirm={() => setEnding(true)} />
      )}
      {opened && <Ending one={one} onDestroy={() => setEnding(true)} />}
      {ending && <ShredDialog one={one} onClose={() => setEnding(false)} />}
    </Item>
  );
}

/** That somebody wants the keys destroyed, and what others can do about it. */
function Asked({
  shredding,
  writes,
  onConfirm,
}: {
  shredding: NonNullable<ClientKey['shredding']>;
  writes: boolean;
  onConfirm: () => void;
}) {
  const { t } = useTranslation('compliance');
  const me = useMe();
  const mine = shredding.asked_by_id === me.person.id;
  const withdraw = useDeed(() => http.post(`/api/shreddings/${shredding.id}/withdraw`));
  return (
    <div className={classes.asked}>
      <div>
        <p>
          {mine ? t('keys.askedByMe') : t('keys.asked', { name: shredding.asked_by })}{' '}
          <When at={shredding.until} />
        </p>
        <p className={classes.given}>
          {t('keys.reasonGiven')} <bdi>{shredding.reason}</bdi>
        </p>
      </div>
      {writes && (
        <div className={classes.acts}>
          <Button
            size="compact-sm"
            variant="default"
            loading={withdraw.isPending}
            onClick={() => withdraw.mutate()}
          >
            {t('keys.withdraw')}
          </Button>
          {!mine && (
            <Button size="compact-sm" color="red" onClick={onConfirm}>
              {t('keys.confirm')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** How far the last rotation is; of one that is done, only what it could not read. */
function RotationLine({ rotation }: { rotation: ClientKey['rotation'] }) {
  const { t } = useTranslation('compliance');
  if (rotation === null) return null;
  return (
    <>
      {rotation.state !== 'done' && (
        <span>{t(`keys.state.${rotation.state}`, { count: rotation.renewed })}</span>
      )}
      {rotation.broken > 0 && (
        <span className={classes.warning}>{t('keys.broken', { count: rotation.broken })}</span>
      )}
    </>
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
