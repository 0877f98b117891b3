/** The palette's way into set-up, from every place. */
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { useActions, type Action } from '@/components/actions';
import { sectionsFor } from '@/features/setup/sections';

export function useSetupActions(): void {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  useActions(
    sectionsFor(me.permissions).flatMap((section): Action[] => {
      const name = t(`setupSection.${section.id}`);
      const group = t('place.setup');
      const open: Action = {
        id: `setup.${section.id}`,
        name: t('setupAction.open', { name }),
        group,
        run: () => void navigate({ to: '/setup/$section', params: { section: section.id } }),
      };
      if (!section.makes) return [open];
      return [
        open,
        {
          id: `setup.${section.id}.new`,
          name: t('setupAction.create', { name: t(`setupNew.${section.id}` as 'setupNew.queues') }),
          group,
          run: () =>
            void navigate({
              to: '/setup/$section/$itemId',
              params: { section: section.id, itemId: 'new' },
            }),
        },
      ];
    }),
  );
}
