/** Everything of a client in one archive: written in the background, fetched for a week, brought back by an operator. */
import { Button } from '@mantine/core';
import { IconDownload, IconPackageExport } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClientBadge, useMe } from '@/api/session';
import { Brand } from '@/components/Brand';
import { toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { When } from '@/components/Times';
import classes from '@/features/setup/data/Data.module.css';
import { useFollowed, type DataExport } from '@/features/setup/data/data';
import { Mark } from '@/features/setup/parts/Mark';
import { Stage } from '@/features/setup/data/Stage';
import { CopyBox } from '@/features/setup/parts/CopyBox';
import { Fields, PanelHead } from '@/features/setup/parts/FormPanel';
import { ClientPick } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { RemoveButton } from '@/features/setup/parts/Removal';
import { Split, useClientFilter } from '@/features/setup/parts/Split';

const CONTENTS = ['records', 'files', 'settings', 'trail', 'people'] as const;

export function Exports() {
  const { t } = useTranslation('setup');
  const me = useMe();
  return (
    <Split<DataExport>
      section="exports"
      kind="exports"
      byClient
      lineOf={(one) => ({
        name: me.clients.find((each) => each.id === one.client_id)?.name ?? one.client_id,
        detail: t(`exports.state.${one.state}`),
        mark: <Mark clientId={one.client_id} />,
        side: <When at={one.made_at} />,
      })}
      children={(item) => (item ? <ExportPanel item={item} /> : <NewExport />)}
    />
  );
}

function NewExport() {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const filter = useClientFilter();
  const [picked, setPicked] = useState<string | null>(null);
  const client = picked ?? filter ?? (me.clients.length === 1 ? me.clients[0]?.id : null) ?? null;
  const save = useSave<DataExport>('exports', 'exports', null);
  const name = me.clients.find((one) => one.id === client)?.name ?? '';
  const start = useMutation({
    mutationFn: () => save({ client_id: client }, {}, name),
    onError: toastError,
  });
  return (
    <div className={classes.panel}>
      <PanelHead section="exports" title={t('common:setupNew.exports')} lead={t('exports.lead')} />
      <div className={classes.body}>
        <Fields>
          <ClientPick label={t('field.client')} value={client} onChange={setPicked} />
          <div>
            <Button
              leftSection={<IconPackageExport size={14} aria-hidden />}
              disabled={!client}
              loading={start.isPending}
              onClick={() => start.mutate()}
            >
              {t('exports.start')}
            </Button>
          </div>
        </Fields>
        <Contents />
      </div>
    </div>
  );
}

function ExportPanel({ item }: { item: DataExport }) {
  const { t } = useTranslation(['setup', 'common']);
  const format = useFormat();
  const one = useFollowed('exports', item);
  const brand = useClientBadge(item.client_id);
  const hint =
    one.state === 'ready'
      ? t('exports.readyHint', {
          size: format.bytes(one.size),
          rows: format.number(one.rows),
          until: format.exact(one.expires_at),
        })
      : (one.error ?? t(`exports.next.${one.state}`));
  return (
    <div className={classes.panel}>
      <PanelHead
        section="exports"
        title={<Brand clientId={one.client_id} size="large" />}
        lead={
          <span>
            <bdi>{one.made_by_name}</bdi> · <When at={one.made_at} />
          </span>
        }
        actions={<RemoveButton kind="exports" section="exports" item={one} name={brand.name} />}
      />
      <div className={classes.body}>
        <Stage
          tone={one.state === 'failed' ? 'bad' : 'fine'}
          title={t(`exports.state.${one.state}`)}
          hint={hint}
          working={one.state === 'running'}
          done={one.done}
          total={one.total}
          name={t('exports.progress')}
        >
          {one.state === 'ready' && (
            <Button
              component="a"
              href={`/api/exports/${one.id}/archive`}
              download
              leftSection={<IconDownload size={14} aria-hidden />}
            >
              {t('exports.fetch')}
            </Button>
          )}
        </Stage>
        <Contents />
        <Fields title={t('exports.back')} hint={t('exports.backHint')}>
          <CopyBox
            label={t('exports.back')}
            text={`careloom import client client-${one.client_id}.tar`}
          />
        </Fields>
      </div>
    </div>
  );
}

function Contents() {
  const { t } = useTranslation('setup');
  return (
    <Fields title={t('exports.contents')} hint={t('exports.without')}>
      <ul className={classes.list}>
        {CONTENTS.map((one) => (
          <li key={one}>{t(`exports.content.${one}`)}</li>
        ))}
      </ul>
    </Fields>
  );
}
