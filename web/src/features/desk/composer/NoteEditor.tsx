/** A note for colleagues; @ names one of them. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { assignableQuery } from '@/api/routing';
import type { Conversation } from '@/api/types';
import { Picker } from '@/components/Picker';
import { PresenceDot } from '@/components/PresenceDot';
import type { Content, EditorHandle } from '@/features/desk/composer/content';
import { PlainEditor } from '@/features/desk/composer/PlainEditor';
import classes from './Composer.module.css';

export function NoteEditor({
  row,
  initial,
  onChange,
  onSubmit,
  onHandle,
}: {
  row: Conversation;
  initial: Content;
  onChange: (content: Content) => void;
  onSubmit: () => void;
  onHandle: (handle: EditorHandle | null) => void;
}) {
  const { t } = useTranslation();
  const { data } = useQuery(assignableQuery(row.id));
  const [naming, setNaming] = useState(false);
  const handle = useRef<EditorHandle | null>(null);
  const keepHandle = useCallback(
    (next: EditorHandle | null) => {
      handle.current = next;
      onHandle(next);
    },
    [onHandle],
  );
  const lastLength = useRef(initial.text.length);
  return (
    <div className={classes.note}>
      <PlainEditor
        initial={initial}
        label={t('composer.note')}
        placeholder={t('composer.notePlaceholder')}
        onChange={(content) => {
          if (content.text.length === lastLength.current + 1 && /(^|\s)@$/.test(content.text))
            setNaming(true);
          lastLength.current = content.text.length;
          onChange(content);
        }}
        onSubmit={onSubmit}
        onSlash={() => handle.current?.insert('/')}
        onFiles={() => undefined}
        onHandle={keepHandle}
      />
      {naming && (
        <div className={classes.macros}>
          <Picker
            label={t('composer.mention')}
            none={t('assign.none')}
            choices={data?.items.map((one) => ({
              id: one.id,
              name: one.name,
              icon: <PresenceDot state={one.state} />,
            }))}
            onChoose={(choice) => {
              setNaming(false);
              handle.current?.insert(`${choice.name} `);
            }}
            onCancel={() => {
              setNaming(false);
              handle.current?.focus();
            }}
          />
        </div>
      )}
    </div>
  );
}
