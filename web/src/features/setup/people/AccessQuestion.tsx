/** May this person do that, there? Yes, because of which grants; or why not. */
import { Select } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useMe } from '@/api/session';
import type { PersonAccess, Verdict } from '@/api/types';
import { Failed, RowSkeletons } from '@/components/States';
import { useGrantInWords } from '@/features/setup/people/AccessGrants';
import { Row } from '@/features/setup/parts/FormPanel';
import { ProgramPick } from '@/features/setup/parts/pickers';
import { usePermissionChoices } from '@/features/setup/parts/roles';
import classes from './Access.module.css';

export function Question({ person }: { person: PersonAccess }) {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const [asked, setAsked] = useState<{
    permission: string;
    client_id: string | null;
    program_id: string | null;
  }>({ permission: 'conversations.read', client_id: null, program_id: null });
  const query = useQuery({
    queryKey: ['setup', 'may', person.id, asked],
    queryFn: ({ signal }) => http.get<Verdict>(`/api/people/${person.id}/may`, asked, signal),
    placeholderData: (before) => before,
  });
  return (
    <>
      <Select
        label={t('access.permission')}
        searchable
        allowDeselect={false}
        data={usePermissionChoices()}
        value={asked.permission}
        onChange={(permission) => permission && setAsked({ ...asked, permission })}
      />
      <Row>
        <Select
          label={t('field.client')}
          placeholder={t('access.anywhere')}
          clearable
          searchable
          data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
          value={asked.client_id}
          onChange={(client_id) => setAsked({ ...asked, client_id, program_id: null })}
        />
        <ProgramPick
          label={t('field.program')}
          placeholder={t(asked.client_id ? 'access.wholeClient' : 'access.anyProgram')}
          clearable
          disabled={!asked.client_id}
          clientId={asked.client_id}
          value={asked.program_id}
          onChange={(program_id) => setAsked({ ...asked, program_id })}
        />
      </Row>
      <div role="status" aria-live="polite">
        {query.isPending ? (
          <RowSkeletons count={1} />
        ) : query.isError ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Answer verdict={query.data} />
        )}
      </div>
    </>
  );
}

function Answer({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation('setup');
  const said = useGrantInWords();
  const grants = verdict.because.map((grant) => said(grant));
  const reasons = grants.length > 0 ? grants : [t('access.why.unseen')];
  const conditions = verdict.conditions.map((one) => t(`access.if.${one}`));
  return (
    <div className={classes.answer} data-allowed={verdict.allowed}>
      {verdict.allowed ? <IconCheck size={16} aria-hidden /> : <IconX size={16} aria-hidden />}
      <div>
        <strong>{t(verdict.allowed ? 'access.yes' : 'access.no')}</strong>
        {verdict.why_not ? (
          <p>{t(`access.why.${verdict.why_not}`)}</p>
        ) : (
          <ul>
            {reasons.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )}
        {conditions.map((one) => (
          <p key={one}>{one}</p>
        ))}
      </div>
    </div>
  );
}
