/** The agent's desk: list, conversation, and who it is about. */
import { IconMessages } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '@/components/States';
import { ConversationPane } from '@/features/desk/conversation/ConversationPane';
import { ConversationList } from '@/features/desk/list/ConversationList';
import { ListHeader } from '@/features/desk/list/ListHeader';
import classes from './DeskPage.module.css';

export function DeskPage() {
  const { t } = useTranslation();
  const { conversationId } = useParams({ strict: false });
  return (
    <div className={classes.desk} data-open={Boolean(conversationId)}>
      {!conversationId && <h1 className="visually-hidden">{t('place.desk')}</h1>}
      <section className={classes.list} aria-label={t('desk.list')}>
        <ListHeader />
        <ConversationList />
      </section>
      {conversationId ? (
        <ConversationPane key={conversationId} id={conversationId} />
      ) : (
        <section className={classes.none} aria-label={t('desk.conversation')}>
          <Empty icon={<IconMessages size={40} stroke={1.25} />} title={t('desk.none')}>
            {t('desk.noneHint')}
          </Empty>
        </section>
      )}
    </div>
  );
}
