/** A client that is not here comes back from its archive: handed in, tried, restored as a whole. */
import { Button } from '@mantine/core';
import { IconRestore } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import { toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { When } from '@/components/Times';
import classes from '@/features/setup/data/Data.module.css';
import { useFollowed, type Restore } from '@/features/setup/data/data';
import { FileDrop } from '@/features/setup/data/FileDrop';
import { Scrolled } from '@/features/setup/data/Scrolled';
import { Stage } from '@/features/setup/data/Stage';
import { itemOf, refresh } from '@/features/setup/parts/collection';
import { Fields, PanelHead } from '@/features/setup/parts/FormPanel';
import { Labelled } from '@/features/setup/parts/Labelled';
import { RemoveButton } from '@/features/setup/parts/Removal';
import { Split } from '@/features/setup/parts/Split';

const KIND = 'restores';

export function Restores() {
  const { t } = useTranslation('setup');
  return (
    <Split<Restore>
      section="restores"
      kind={KIND}
      lineOf={(one) => ({
        name: one.client_name ?? one.name,
        detail: t(`restores.state.${one.state}`),
        words: one.name,
        side: <When at={one.made_at} />,
      })}
      children={(item) => (item ? <RestorePanel item={item} /> : <NewRestore />)}
    />
  );
}

/** Hands an archive in, for a restore that waits for one or (null) for a new one. */
function HandIn({ one }: { one: Restore | null }) {
  const navigate = useNavigate();
  const take = useMutation({
    mutationFn: async (file: File) => {
      const name = file.name.slice(0, 200);
      const { id } = one ?? (await http.post<Restore>('/api/restores', { name }));
      return http.upload<Restore>(`/api/restores/${id}/archive`, file);
    },
    onSuccess: (after) => {
      queryClient.setQueryData(itemOf<Restore>(KIND, after.id).queryKey, after);
      return navigate({
        to: '/setup/$section/$itemId',
        params: { section: 'restores', itemId: after.id },
        search: true,
      });
    },
    onError: toastError,
    onSettled: () => refresh(KIND),
  });
  return <FileDrop busy={take.isPending} onFile={(file) => take.mutate(file)} />;
}

function NewRestore() {
  const { t } = useTranslation(['setup', 'common']);
  return (
    <div className={classes.panel}>
      <PanelHead
        section="restores"
        title={t('common:setupNew.restores')}
        lead={t('restores.lead')}
      />
      <div className={classes.body}>
        <Fields title={t('restores.file')} hint={t('restores.fileHint')}>
          <HandIn one={null} />
        </Fields>
      </div>
    </div>
  );
}

function RestorePanel({ item }: { item: Restore }) {
  const { t } = useTranslation('setup');
  const format = useFormat();
  const one = useFollowed(KIND, item);
  const run = useMutation({
    mutationFn: () => http.post<Restore>(`/api/restores/${one.id}/run`),
    onSuccess: (after) => queryClient.setQueryData(itemOf<Restore>(KIND, one.id).queryKey, after),
    onError: toastError,
  });
  const works = one.state === 'checking' || one.state === 'running';
  const waits = one.state === 'draft' || one.state === 'failed';
  return (
    <div className={classes.panel}>
      <PanelHead
        section="restores"
        title={<bdi>{one.client_name ?? one.name}</bdi>}
        lead={
          <>
            <bdi>{one.name}</bdi>
            {one.size > 0 && <span>{format.bytes(one.size)}</span>}
            <span>
              <bdi>{one.made_by_name}</bdi> · <When at={one.made_at} />
            </span>
          </>
        }
        actions={
          !works && <RemoveButton kind={KIND} section="restores" item={one} name={one.name} />
        }
      />
      <div className={classes.body}>
        <Stage
          tone={one.state === 'failed' ? 'bad' : 'fine'}
          title={t(`restores.state.${one.state}`)}
          hint={[one.error, t(`restores.next.${one.state}`)].filter(Boolean).join(' ')}
          working={works}
          done={one.done}
          total={one.total}
          name={t('restores.progress')}
        >
          {one.state === 'checked' && (
            <Button
              leftSection={<IconRestore size={14} aria-hidden />}
              loading={run.isPending}
              onClick={() => run.mutate()}
            >
              {t('restores.run', { name: one.client_name })}
            </Button>
          )}
          {one.state === 'done' && one.restored_id && (
            <Link
              to="/setup/$section/$itemId"
              params={{ section: 'clients', itemId: one.restored_id }}
            >
              {t('restores.open')}
            </Link>
          )}
        </Stage>
        {waits && (
          <Fields title={t('restores.again')} hint={t('restores.fileHint')}>
            <HandIn one={one} />
          </Fields>
        )}
        {one.state === 'done' && (
          <Fields title={t('restores.after')} hint={t('restores.afterHint')}>
            {null}
          </Fields>
        )}
        {one.restored_id && <Holds one={one} />}
      </div>
    </div>
  );
}

/** What the archive says of itself, and its rows table by table. */
function Holds({ one }: { one: Restore }) {
  const { t } = useTranslation('setup');
  const format = useFormat();
  const filled = Object.entries(one.tables).filter(([, rows]) => rows > 0);
  return (
    <>
      <Fields title={t('restores.holds')}>
        <Labelled label={t('restores.client')}>
          <bdi>{one.client_name}</bdi>
        </Labelled>
        {one.taken_at && (
          <Labelled label={t('restores.taken')}>
            <When at={one.taken_at} style="date" /> <When at={one.taken_at} style="time" />
          </Labelled>
        )}
        <Labelled label={t('restores.rows')}>{format.number(one.total)}</Labelled>
        <Labelled label={t('restores.files')}>
          {format.number(one.files)}
          {one.missing > 0 && ` · ${t('restores.missing', { count: one.missing })}`}
        </Labelled>
      </Fields>
      <Fields title={t('restores.report')}>
        <Scrolled name={t('restores.report')}>
          <thead>
            <tr>
              <th scope="col">{t('restores.table')}</th>
              <th scope="col">{t('restores.rows')}</th>
            </tr>
          </thead>
          <tbody>
            {filled.map(([table, rows]) => (
              <tr key={table}>
                <td dir="ltr">{table}</td>
                <td className={classes.number}>{format.number(rows)}</td>
              </tr>
            ))}
          </tbody>
        </Scrolled>
      </Fields>
    </>
  );
}
