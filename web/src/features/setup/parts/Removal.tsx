/** Removes a thing for good, asked twice. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { toastError } from '@/components/errors';
import { refresh, type Named } from '@/features/setup/parts/collection';
import { Fields } from '@/features/setup/parts/FormPanel';
import type { SectionId } from '@/features/setup/sections';

export function Removal({
  kind,
  section,
  item,
  hint,
  query = {},
  children,
}: {
  kind: string;
  section: SectionId;
  item: Named;
  hint: string;
  /** What the request says beside the id. */
  query?: Record<string, string>;
  /** What is to be chosen before. */
  children?: ReactNode;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const navigate = useNavigate();
  const [sure, setSure] = useState(false);
  const search = new URLSearchParams(query).toString();
  const remove = useMutation({
    mutationFn: () => http.delete(`/api/${kind}/${item.id}${search && `?${search}`}`),
    onSuccess: () => {
      refresh(kind);
      void navigate({ to: '/setup/$section', params: { section } });
    },
    onError: toastError,
  });
  return (
    <Fields title={t('removal.title')} hint={hint}>
      {children}
      <div>
        {sure ? (
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('removal.now')}
          </Button>
        ) : (
          <Button variant="default" onClick={() => setSure(true)}>
            {t('common:action.remove')}
          </Button>
        )}
      </div>
    </Fields>
  );
}
