/** Give the contact to a person. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { conversationsApi } from '@/api/conversations';
import { assignableQuery } from '@/api/routing';
import { useMe } from '@/api/session';
import type { Conversation } from '@/api/types';
import { Dialog } from '@/components/Dialog';
import { toastError } from '@/components/errors';
import { displayName } from '@/components/names';
import { Picker } from '@/components/Picker';
import { PresenceDot } from '@/components/PresenceDot';
import { showToast } from '@/components/toasts';
import { settle } from '@/features/desk/conversation/useConversationDeeds';

export function AssignDialog({ row, onClose }: { row: Conversation; onClose: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const { data } = useQuery(assignableQuery(row.id));
  const assign = useMutation({
    mutationFn: (personId: string) =>
      personId === me.person.id
        ? conversationsApi.take(row.id)
        : conversationsApi.assign(row.id, { person_id: personId }),
    onSuccess: (now) => {
      settle(now);
      const previous = row.assignee_id;
      showToast({
        tone: 'good',
        text: t('assign.done', { name: now.assignee_name ?? '' }),
        ...(previous && {
          action: {
            name: t('action.undo'),
            run: () => {
              conversationsApi.assign(row.id, { person_id: previous }).then(settle, toastError);
            },
          },
        }),
      });
      onClose();
    },
    onError: toastError,
  });
  const people =
    data &&
    [...data.items].sort(
      (a, b) =>
        Number(b.id === me.person.id) - Number(a.id === me.person.id) ||
        Number(b.state === 'available') - Number(a.state === 'available') ||
        a.name.localeCompare(b.name),
    );
  return (
    <Dialog
      onClose={onClose}
      title={t('assign.title', { name: displayName(row.customer_name) })}
      padding={0}
      size={440}
    >
      <Picker
        label={t('assign.who')}
        none={t('assign.none')}
        onCancel={onClose}
        choices={people?.map((one) => ({
          id: one.id,
          name: one.id === me.person.id ? t('assign.me', { name: one.name }) : one.name,
          icon: <PresenceDot state={one.state} />,
          detail: t(`presence.${one.state}`),
        }))}
        onChoose={(choice) => assign.mutate(choice.id)}
      />
    </Dialog>
  );
}
