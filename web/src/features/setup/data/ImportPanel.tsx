/** One import on its way: where it stands, what it would do or did, what was refused, and how the file is read. */
import { Button } from '@mantine/core';
import { IconCheck, IconListCheck, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import { Brand } from '@/components/Brand';
import { toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { When } from '@/components/Times';
import classes from '@/features/setup/data/Data.module.css';
import { useFollowed, type DataImport } from '@/features/setup/data/data';
import { FileDrop } from '@/features/setup/data/FileDrop';
import { Counts, LeftOut, Preview, Refusals } from '@/features/setup/data/ImportOutcome';
import { ImportReading } from '@/features/setup/data/ImportReading';
import { Stage } from '@/features/setup/data/Stage';
import { itemOf } from '@/features/setup/parts/collection';
import { PanelHead } from '@/features/setup/parts/FormPanel';
import { RemoveButton } from '@/features/setup/parts/Removal';
import { SureButton } from '@/features/setup/parts/SureButton';

type Step = 'check' | 'run' | 'cancel' | 'undo';

function useStep(one: DataImport) {
  return useMutation({
    mutationFn: (step: Step) => http.post<DataImport>(`/api/imports/${one.id}/${step}`),
    onSuccess: (after) =>
      queryClient.setQueryData(itemOf<DataImport>('imports', one.id).queryKey, after),
    onError: toastError,
  });
}

/** What can be taken back: something was made. */
const made = (one: DataImport) =>
  ['done', 'cancelled', 'failed'].includes(one.state) &&
  one.counts.customers_made + one.counts.conversations_made > 0 &&
  (one.state !== 'failed' || one.done > 0);

export function ImportPanel({ item }: { item: DataImport }) {
  const { t } = useTranslation(['setup', 'common']);
  const format = useFormat();
  const one = useFollowed('imports', item);
  const step = useStep(one);
  const [unsaved, setUnsaved] = useState(false);
  const reading = ['ready', 'checked', 'failed'].includes(one.state) && one.done === 0;
  return (
    <div className={classes.panel}>
      <PanelHead
        section="imports"
        title={<bdi>{one.name}</bdi>}
        lead={
          <>
            <Brand clientId={one.client_id} />
            {one.size > 0 && <span>{format.bytes(one.size)}</span>}
            <span>
              <bdi>{one.made_by_name}</bdi> · <When at={one.made_at} />
            </span>
          </>
        }
        actions={
          <>
            {made(one) && (
              <SureButton
                sure={t('imports.undoSure')}
                busy={step.isPending}
                onSure={() => step.mutate('undo')}
              >
                {t('imports.undo')}
              </SureButton>
            )}
            {(reading || ['draft', 'undone'].includes(one.state)) && (
              <RemoveButton kind="imports" section="imports" item={one} name={one.name} />
            )}
          </>
        }
      />
      <div className={classes.body}>
        <Stage
          tone={one.state === 'failed' || one.error ? 'bad' : 'fine'}
          title={t(`imports.state.${one.state}`)}
          hint={one.error ?? t(`imports.next.${one.state}`)}
          working={['checking', 'running', 'undoing'].includes(one.state)}
          done={one.done}
          total={one.state === 'undoing' ? 0 : one.total}
          name={t('imports.progress')}
        >
          {reading && (
            <Button
              variant={one.state === 'checked' ? 'default' : 'filled'}
              leftSection={<IconListCheck size={14} aria-hidden />}
              loading={step.isPending}
              disabled={unsaved}
              onClick={() => step.mutate('check')}
            >
              {t('imports.check')}
            </Button>
          )}
          {one.state === 'checked' && (
            <Button
              leftSection={<IconCheck size={14} aria-hidden />}
              loading={step.isPending}
              disabled={unsaved}
              onClick={() => step.mutate('run')}
            >
              {t('imports.run', { count: one.total - one.counts.refused })}
            </Button>
          )}
          {one.state === 'cancelled' && (
            <Button
              leftSection={<IconPlayerPlay size={14} aria-hidden />}
              loading={step.isPending}
              onClick={() => step.mutate('run')}
            >
              {t('imports.goOn')}
            </Button>
          )}
          {(one.state === 'checking' || one.state === 'running') && (
            <Button
              variant="default"
              leftSection={<IconPlayerStop size={14} aria-hidden />}
              loading={step.isPending}
              onClick={() => step.mutate('cancel')}
            >
              {t('imports.cancel')}
            </Button>
          )}
        </Stage>
        {one.state === 'draft' && <HandIn one={one} />}
        {!['draft', 'ready', 'undone'].includes(one.state) && <Counts one={one} />}
        <LeftOut one={one} />
        {one.counts.refused + one.counts.changed > 0 && <Refusals one={one} />}
        {one.state === 'checked' && <Preview one={one} />}
        {reading && (
          <ImportReading
            key={`${one.format} ${one.options.target} ${one.columns.map((each) => each.name).join()}`}
            one={one}
            onUnsaved={setUnsaved}
          />
        )}
      </div>
    </div>
  );
}

function HandIn({ one }: { one: DataImport }) {
  const hand = useMutation({
    mutationFn: (file: File) => http.upload<DataImport>(`/api/imports/${one.id}/file`, file),
    onSuccess: (after) =>
      queryClient.setQueryData(itemOf<DataImport>('imports', one.id).queryKey, after),
    onError: toastError,
  });
  return <FileDrop busy={hand.isPending} onFile={(file) => hand.mutate(file)} />;
}
