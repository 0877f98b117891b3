/** What happens after a save: the list knows, a new thing gets its own address, a toast says so. */
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { showToast } from '@/components/toasts';
import { change, changesOf, create, type Named } from '@/features/setup/parts/collection';
import type { SectionId } from '@/features/setup/sections';

export function useSave<T extends Named>(kind: string, section: SectionId, item: T | null) {
  const { t } = useTranslation(['setup', 'common']);
  const navigate = useNavigate();
  /** Saves `body`; an existing item gets only what differs from `before`. */
  return async (body: object, before: object, name: string): Promise<T> => {
    if (item) {
      const changed = await change<T>(kind, item.id, changesOf(before, body));
      showToast({ tone: 'good', text: t('form.saved', { name }) }, 3);
      return changed;
    }
    const made = await create<T>(kind, body);
    showToast({ tone: 'good', text: t('form.made', { name }) }, 3);
    void navigate({
      to: '/setup/$section/$itemId',
      params: { section, itemId: made.id },
      search: true,
      replace: true,
    });
    return made;
  };
}
