/** The field of a note and the button that adds it. */
import { Button } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '@/api/types';
import { Keys } from '@/components/Keys';
import { isEmpty, type EditorHandle } from '@/features/desk/composer/content';
import { NoteEditor } from '@/features/desk/composer/NoteEditor';
import type { NoteState } from '@/features/desk/composer/useNote';
import classes from './Composer.module.css';

export function NoteForm({
  row,
  note,
  onSubmit,
  onHandle,
}: {
  row: Conversation;
  note: NoteState;
  onSubmit: () => void;
  onHandle: (handle: EditorHandle | null) => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <NoteEditor
        key={note.version}
        row={row}
        initial={note.content}
        onChange={note.edit}
        onSubmit={onSubmit}
        onHandle={onHandle}
      />
      <footer className={classes.foot}>
        <div className={classes.space} />
        <Button
          variant="default"
          leftSection={<IconLock size={14} />}
          rightSection={<Keys keys="mod+enter" />}
          disabled={isEmpty(note.content)}
          onClick={onSubmit}
        >
          {t('composer.addNote')}
        </Button>
      </footer>
    </>
  );
}
