/** Takes a thing out of use, or puts it into use; the toast can undo it. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { toastError } from '@/components/errors';
import { showToast } from '@/components/toasts';
import { change, type Named } from '@/features/setup/parts/collection';

export function ActiveSwitch({
  kind,
  item,
  name,
}: {
  kind: string;
  item: Named & { active: boolean };
  name: string;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const set = useMutation({
    mutationFn: (active: boolean) => change(kind, item.id, { active }),
    onSuccess: (_, active) =>
      showToast({
        tone: 'good',
        text: t(active ? 'active.nowOn' : 'active.nowOff', { name }),
        action: { name: t('common:action.undo'), run: () => set.mutate(!active) },
      }),
    onError: toastError,
  });
  return (
    <Button
      variant="default"
      size="compact-sm"
      loading={set.isPending}
      onClick={() => set.mutate(!item.active)}
    >
      {t(item.active ? 'active.turnOff' : 'active.turnOn')}
    </Button>
  );
}
