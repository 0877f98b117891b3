/** The draft of a notice: read, rewritten, or drafted anew in another language from what is known by now. */
import { Button, Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import type { Uuid } from '@/api/types';
import { FormDialog } from '@/components/FormDialog';
import { LANGUAGES, ownName } from '@/components/languages';
import { showToast } from '@/components/toasts';
import classes from '@/features/compliance/Compliance.module.css';
import type { Duty } from '@/features/compliance/data';
import { useDeed } from '@/features/compliance/deeds';

export function Notice({
  incident,
  duty,
  writes,
}: {
  incident: Uuid;
  duty: Duty;
  writes: boolean;
}) {
  const { t } = useTranslation(['compliance', 'common']);
  const [rewriting, setRewriting] = useState(false);
  const path = `/api/incidents/${incident}/duties/${duty.id}/draft`;
  const draft = useDeed((language: string) => http.post(path, { language }));
  const rewrite = useDeed(
    (text: string) => http.put(path, { text }),
    () => setRewriting(false),
  );
  const anew = (language: string) =>
    draft.mutate(language, {
      onSuccess: () =>
        showToast({
          text: t('incidents.drafted', { language: ownName(language) }),
          action: { name: t('common:action.undo'), run: () => rewrite.mutate(duty.draft ?? '') },
        }),
    });
  return (
    <details className={classes.draft}>
      <summary>{t('incidents.draft')}</summary>
      <pre dir="auto">{duty.draft}</pre>
      {writes && !duty.done_at && (
        <div className={classes.acts}>
          <Button size="compact-sm" variant="default" onClick={() => setRewriting(true)}>
            {t('incidents.rewrite')}
          </Button>
          <Select
            size="xs"
            aria-label={t('incidents.draftIn')}
            placeholder={t('incidents.draftIn')}
            value={null}
            readOnly={draft.isPending}
            aria-busy={draft.isPending}
            data={LANGUAGES.map((one) => ({ value: one, label: ownName(one) }))}
            onChange={(language) => language && anew(language)}
          />
        </div>
      )}
      {rewriting && (
        <Rewriting
          text={duty.draft ?? ''}
          busy={rewrite.isPending}
          onDone={(text) => rewrite.mutate(text)}
          onClose={() => setRewriting(false)}
        />
      )}
    </details>
  );
}

function Rewriting({
  text,
  busy,
  onDone,
  onClose,
}: {
  text: string;
  busy: boolean;
  onDone: (text: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation(['compliance', 'common']);
  const [words, setWords] = useState(text);
  return (
    <FormDialog
      wide
      title={t('incidents.rewrite')}
      action={t('common:action.save')}
      ready={Boolean(words.trim())}
      busy={busy}
      onSubmit={() => onDone(words)}
      onClose={onClose}
    >
      <Textarea
        label={t('incidents.draft')}
        dir="auto"
        autosize
        minRows={10}
        maxRows={20}
        maxLength={20000}
        data-autofocus
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
