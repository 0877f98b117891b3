/** Takes a thing away, says so, and leads back to the list. */
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http, withQuery, type QueryValues } from '@/api/http';
import { toastError } from '@/components/errors';
import { showToast } from '@/components/toasts';
import { itemOf, refresh, type Named } from '@/features/setup/parts/collection';
import type { SectionId } from '@/features/setup/sections';

export interface Removed {
  kind: string;
  section: SectionId;
  item: Named;
  name: string;
  /** What the request says beside the id. */
  query?: QueryValues;
  /** What is said afterwards, where it is not that it was removed. */
  done?: string;
}

export function useRemoving({ kind, section, item, name, query = {}, done }: Removed) {
  const { t } = useTranslation('setup');
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => http.delete(withQuery(`/api/${kind}/${item.id}`, query)),
    onSuccess: () => {
      const { queryKey } = itemOf(kind, item.id);
      void queryClient.invalidateQueries({ queryKey, refetchType: 'none' });
      refresh(kind);
      showToast({ tone: 'good', text: done ?? t('removal.done', { name }) });
      void navigate({ to: '/setup/$section', params: { section }, search: true });
    },
    onError: toastError,
  });
}
