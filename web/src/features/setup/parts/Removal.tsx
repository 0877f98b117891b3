/** Removes a thing for good, asked twice and by no double click: a group of its own in the panel, or a button in its head. */
import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { confirms } from '@/components/confirms';
import { Fields } from '@/features/setup/parts/FormPanel';
import { useRemoving, type Removed } from '@/features/setup/parts/removing';
import { SureButton } from '@/features/setup/parts/SureButton';

interface Words {
  title: string;
  now: string;
}

export function Removal({
  hint,
  words,
  children,
  ...removed
}: Removed & {
  hint: string;
  /** Where it is no removal. */
  words?: Words;
  /** What is to be chosen before. */
  children?: ReactNode;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const [sure, setSure] = useState(false);
  const removing = useRemoving(removed);
  return (
    <Fields title={words?.title ?? t('removal.title')} hint={hint}>
      {children}
      <div>
        {sure ? (
          <Button
            color="red"
            loading={removing.isPending}
            onClick={confirms(() => removing.mutate())}
          >
            {words?.now ?? t('removal.now')}
          </Button>
        ) : (
          <Button variant="default" onClick={() => setSure(true)}>
            {words?.title ?? t('common:action.remove')}
          </Button>
        )}
      </div>
    </Fields>
  );
}

export function RemoveButton(removed: Removed) {
  const { t } = useTranslation(['setup', 'common']);
  const removing = useRemoving(removed);
  return (
    <SureButton sure={t('removal.now')} busy={removing.isPending} onSure={() => removing.mutate()}>
      {t('common:action.remove')}
    </SureButton>
  );
}
