/** Tags of the contact. */
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isComposing } from '@/components/actions';
import type { Conversation } from '@/api/types';
import { useCanHere } from '@/components/here';
import { useConversationDeeds } from '@/features/desk/conversation/useConversationDeeds';
import classes from './ContextPanel.module.css';

export function Tags({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const writes = useCanHere('conversations.write') && row.erased_at === null;
  const deeds = useConversationDeeds(row.id);
  const [text, setText] = useState('');
  const add = () => {
    const tag = text.trim().toLocaleLowerCase();
    setText('');
    if (tag && !row.tags.includes(tag)) deeds.change({ tags: [...row.tags, tag] });
  };
  return (
    <div className={classes.tags}>
      {row.tags.map((tag) => (
        <span key={tag} className={classes.tag}>
          <bdi>{tag}</bdi>
          {writes && (
            <button
              type="button"
              aria-label={t('tag.remove', { tag })}
              onClick={() => deeds.change({ tags: row.tags.filter((one) => one !== tag) })}
            >
              <IconX size={12} />
            </button>
          )}
        </span>
      ))}
      {writes && (
        <input
          className={classes.tagInput}
          aria-label={t('tag.add')}
          placeholder={t('tag.add')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !isComposing(event.nativeEvent)) add();
            if (event.key === 'Escape') setText('');
          }}
        />
      )}
    </div>
  );
}
