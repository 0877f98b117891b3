/** Customers and conversations of another system come in as a file: hand it in, look what would happen, run it. */
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { toastError } from '@/components/errors';
import { When } from '@/components/Times';
import classes from '@/features/setup/data/Data.module.css';
import { type DataImport } from '@/features/setup/data/data';
import { FileDrop } from '@/features/setup/data/FileDrop';
import { ImportPanel } from '@/features/setup/data/ImportPanel';
import { refresh } from '@/features/setup/parts/collection';
import { Mark } from '@/features/setup/parts/Mark';
import { Fields, PanelHead } from '@/features/setup/parts/FormPanel';
import { ProgramPick, usePrograms } from '@/features/setup/parts/pickers';
import { Split, useClientFilter } from '@/features/setup/parts/Split';

export function Imports() {
  const { t } = useTranslation('setup');
  return (
    <Split<DataImport>
      section="imports"
      kind="imports"
      byClient
      lineOf={(one) => ({
        name: one.name,
        detail: t(`imports.state.${one.state}`),
        mark: <Mark clientId={one.client_id} />,
        side: <When at={one.made_at} />,
      })}
      children={(item) => (item ? <ImportPanel item={item} /> : <NewImport />)}
    />
  );
}

function NewImport() {
  const { t } = useTranslation(['setup', 'common']);
  const client = useClientFilter();
  const navigate = useNavigate();
  const programs = usePrograms().filter((one) => !client || one.client_id === client);
  const only = programs.length === 1 ? programs[0]?.id : undefined;
  const [picked, setPicked] = useState<string | null>(null);
  const program = picked ?? only ?? null;
  const take = useMutation({
    mutationFn: async (file: File) => {
      const made = await http.post<DataImport>('/api/imports', {
        program_id: program,
        name: file.name.slice(0, 200),
      });
      return http.upload<DataImport>(`/api/imports/${made.id}/file`, file);
    },
    onSuccess: (made) =>
      navigate({
        to: '/setup/$section/$itemId',
        params: { section: 'imports', itemId: made.id },
        search: true,
      }),
    onError: toastError,
    onSettled: () => refresh('imports'),
  });
  return (
    <div className={classes.panel}>
      <PanelHead section="imports" title={t('common:setupNew.imports')} lead={t('imports.lead')} />
      <div className={classes.body}>
        <Fields title={t('imports.into')} hint={t('imports.intoHint')}>
          <ProgramPick
            label={t('field.program')}
            clientId={client ?? null}
            value={program}
            onChange={setPicked}
          />
        </Fields>
        <Fields title={t('imports.file')} hint={t('imports.fileHint')}>
          <FileDrop
            busy={take.isPending}
            disabled={!program}
            onFile={(file) => take.mutate(file)}
          />
        </Fields>
      </div>
    </div>
  );
}
