/** Every word of the customer on consents: what was asked and answered, on which basis, who wrote it down. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { consentRecordsQuery } from '@/api/customers';
import { Listing } from '@/components/Listing';
import { When } from '@/components/Times';
import type { Consent } from '@/api/types';
import classes from './Customer.module.css';

export function ConsentRecords({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  return (
    <Listing
      query={useInfiniteQuery(consentRecordsQuery(customerId))}
      skeletons={{ count: 2, height: 44 }}
      none={<p className={classes.quiet}>{t('consent.noRecords')}</p>}
    >
      {(words) => (
        <ol className={classes.list} aria-label={t('consent.records')}>
          {words.map((one) => (
            <Word key={one.id} one={one} />
          ))}
        </ol>
      )}
    </Listing>
  );
}

function Word({ one }: { one: Consent }) {
  const { t } = useTranslation();
  const where = one.channel ? t(`channel.${one.channel}`) : t('consent.everyChannel');
  return (
    <li>
      {t(`consent.${one.purpose}`)}: {t(one.granted ? 'state.yes' : 'state.no')}
      <span className={classes.quiet}>
        <When at={one.at} /> · {where} · {t(`consent.basis.${one.basis}`)} · {one.source}
        {one.recorded_by && ` · ${t('consent.recordedBy', { name: one.recorded_by })}`}
      </span>
      {one.wording && (
        <q className={classes.wording} dir="auto">
          {one.wording}
        </q>
      )}
    </li>
  );
}
