/** For those who write notes here and do not answer. */
import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '@/api/types';
import { useActions } from '@/components/actions';
import { modeAction } from '@/features/desk/composer/modes';
import { NoteForm } from '@/features/desk/composer/NoteForm';
import { useEditorFocus } from '@/features/desk/composer/useEditorFocus';
import type { NoteState } from '@/features/desk/composer/useNote';
import classes from './Composer.module.css';

export function NoteComposer({ row, note }: { row: Conversation; note: NoteState }) {
  const { t } = useTranslation();
  const { section, handle, wantsFocus, onHandle } = useEditorFocus(false);
  const send = () => {
    wantsFocus.current = note.send();
  };
  useActions([
    modeAction(t, 'note', () => handle.current?.focus()),
    {
      id: 'composer.send',
      name: t('composer.addNote'),
      group: t('group.composer'),
      keys: 'mod+enter',
      run: send,
    },
  ]);
  return (
    <section
      ref={section}
      className={classes.composer}
      data-mode="note"
      aria-label={t('composer.note')}
    >
      <div className={classes.head}>
        <span className={classes.only}>
          <IconLock size={12} aria-hidden />
          {t('composer.noteTab')}
        </span>
        <span className={classes.voice}>{t('composer.noteHint')}</span>
      </div>
      <NoteForm row={row} note={note} onSubmit={send} onHandle={onHandle} />
    </section>
  );
}
