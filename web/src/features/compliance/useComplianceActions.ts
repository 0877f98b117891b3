/** The palette's way into the sections of compliance, from every place. */
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/api/session';
import { useActions, type Action } from '@/components/actions';
import { SECTIONS } from '@/features/compliance/sections';

export function useComplianceActions(): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const reads = useCan('compliance.read');
  const open = (section: (typeof SECTIONS)[number]): Action => ({
    id: `compliance.${section}`,
    name: t('complianceAction.open', { name: t(`complianceSection.${section}`) }),
    group: t('place.compliance'),
    run: () => void navigate({ to: '/compliance/$section', params: { section } }),
  });
  useActions(reads ? SECTIONS.map(open) : []);
}
