/** What an import makes, knows already and refuses: in figures, as the first entries, and as a report. */
import { Button } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconDownload,
  IconLink,
} from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { withQuery } from '@/api/http';
import { useFormat } from '@/components/format';
import { Listing } from '@/components/Listing';
import classes from '@/features/setup/data/Data.module.css';
import { refusalPages, type DataImport, type Outcome } from '@/features/setup/data/data';
import { Scrolled } from '@/features/setup/data/Scrolled';
import { Fields } from '@/features/setup/parts/FormPanel';

const ICONS = {
  made: IconCircleCheck,
  matched: IconLink,
  refused: IconCircleX,
  changed: IconAlertTriangle,
};

/** Whether what is known of an import is what its dry run found. */
const isTried = (one: DataImport) => one.state === 'checked' || one.state === 'checking';

export function Counts({ one }: { one: DataImport }) {
  const { t } = useTranslation('setup');
  const format = useFormat();
  const { counts } = one;
  const figure = (name: string, value: number, known?: number) => (
    <div>
      <dt>{name}</dt>
      <dd>
        {format.number(value)}
        {known !== undefined && <span>{t('imports.known', { count: known })}</span>}
      </dd>
    </div>
  );
  const tense = isTried(one) ? 'would' : 'did';
  return (
    <Fields title={t(`imports.${tense}`)}>
      <dl className={classes.counts}>
        {figure(t('imports.customers'), counts.customers_made, counts.customers_matched)}
        {figure(
          t('imports.conversations'),
          counts.conversations_made,
          counts.conversations_matched,
        )}
        {figure(t('imports.messages'), counts.messages_added)}
        {figure(t('imports.refused'), counts.refused)}
        {figure(t('imports.changed'), counts.changed)}
      </dl>
    </Fields>
  );
}

function OutcomeOf({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation('setup');
  const Icon = ICONS[outcome];
  return (
    <span className={classes.outcome} data-outcome={outcome}>
      <Icon size={14} aria-hidden />
      {t(`imports.outcome.${outcome}`)}
    </span>
  );
}

export function Preview({ one }: { one: DataImport }) {
  const { t } = useTranslation('setup');
  const format = useFormat();
  const lines = one.preview.filter((line) => line.outcome !== 'refused');
  if (lines.length === 0) return null;
  return (
    <Fields title={t('imports.preview')} hint={t('imports.previewHint', { count: lines.length })}>
      <Scrolled name={t('imports.preview')}>
        <thead>
          <tr>
            <th scope="col">{t('imports.row')}</th>
            <th scope="col">{t('imports.what')}</th>
            <th scope="col">{t('imports.name')}</th>
            <th scope="col">{t('imports.becomes')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.row} ${line.kind} ${line.name}`}>
              <td className={classes.number}>{format.number(line.row)}</td>
              <td className={classes.number}>{line.kind && t(`imports.kind.${line.kind}`)}</td>
              <td>
                <bdi>{line.name}</bdi>
              </td>
              <td>
                <OutcomeOf outcome={line.outcome} />
                {line.outcome === 'matched' && line.reason && <div>{line.reason}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </Scrolled>
    </Fields>
  );
}

export function LeftOut({ one }: { one: DataImport }) {
  const { t } = useTranslation('setup');
  const format = useFormat();
  if (one.left_out.length === 0) return null;
  return (
    <Fields title={t('imports.leftOut')} hint={t('imports.leftOutHint')}>
      <Scrolled name={t('imports.leftOut')}>
        <thead>
          <tr>
            <th scope="col">{t('imports.field')}</th>
            <th scope="col">{t('imports.has')}</th>
          </tr>
        </thead>
        <tbody>
          {one.left_out.map((each) => (
            <tr key={each.name}>
              <td>
                <bdi>{each.name || t('imports.otherFields')}</bdi>
              </td>
              <td className={classes.number}>{format.number(each.rows)}</td>
            </tr>
          ))}
        </tbody>
      </Scrolled>
    </Fields>
  );
}

export function Refusals({ one }: { one: DataImport }) {
  const { t, i18n } = useTranslation('setup');
  const format = useFormat();
  const title = t(isTried(one) ? 'imports.reportTried' : 'imports.report');
  return (
    <Fields title={title} hint={t('imports.reportHint')}>
      <div>
        <Button
          component="a"
          href={withQuery(`/api/imports/${one.id}/report`, { language: i18n.language })}
          download
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
        >
          {t('imports.reportFile')}
        </Button>
      </div>
      <Listing query={useInfiniteQuery(refusalPages(one))} skeletons={{ count: 3, height: 40 }}>
        {(found) => (
          <Scrolled name={title}>
            <thead>
              <tr>
                <th scope="col">{t('imports.row')}</th>
                <th scope="col">{t('imports.key')}</th>
                <th scope="col">{t('imports.becomes')}</th>
                <th scope="col">{t('imports.reason')}</th>
              </tr>
            </thead>
            <tbody>
              {found.map((each) => (
                <tr key={`${each.row} ${each.number}`}>
                  <td className={classes.number}>{format.number(each.row)}</td>
                  <td className={classes.key}>
                    <bdi>{each.key}</bdi>
                  </td>
                  <td>
                    <OutcomeOf outcome={each.outcome} />
                  </td>
                  <td>{each.reason}</td>
                </tr>
              ))}
            </tbody>
          </Scrolled>
        )}
      </Listing>
    </Fields>
  );
}
