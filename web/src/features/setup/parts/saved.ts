/** What happens after a save: the list knows, a new thing gets its own address, a toast says so. */
import { useNavigate } from '@tanstack/react-router';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { Uuid } from '@/api/types';
import { showToast } from '@/components/toasts';
import { change, changesOf, create, type Named } from '@/features/setup/parts/collection';
import { Making } from '@/features/setup/parts/opened';
import type { SectionId } from '@/features/setup/sections';

/** Gives what was made its own address, under which its form goes on with all that was typed meanwhile. */
export function useMade(section: SectionId): (id: Uuid) => Promise<void> {
  const navigate = useNavigate();
  const tell = useContext(Making);
  return async (id) => {
    tell(id);
    await navigate({
      to: '/setup/$section/$itemId',
      params: { section, itemId: id },
      search: true,
      replace: true,
    });
  };
}

/** `prepare` reads what the form of a thing that was just made shows beside it. */
export function useSave<T extends Named>(
  kind: string,
  section: SectionId,
  item: T | null,
  prepare?: (made: T) => Promise<void>,
) {
  const { t } = useTranslation(['setup', 'common']);
  const goOn = useMade(section);
  /** Saves `body`; an existing item gets only what differs from `before`. */
  return async (body: object, before: object, name: string): Promise<T> => {
    if (item) {
      const changed = await change<T>(kind, item.id, changesOf(before, body));
      showToast({ tone: 'good', text: t('form.saved', { name }) }, 3);
      return changed;
    }
    const made = await create<T>(kind, body);
    await prepare?.(made);
    showToast({ tone: 'good', text: t('form.made', { name }) }, 3);
    await goOn(made.id);
    return made;
  };
}
