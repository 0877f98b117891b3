/** Priority above or below normal, in a word. */
import { IconArrowDown, IconArrowUp, IconFlame } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Priority } from '@/api/types';

const ICONS = { low: IconArrowDown, high: IconArrowUp, urgent: IconFlame };

export function PriorityMark({ priority }: { priority: Priority }) {
  const { t } = useTranslation();
  if (priority === 'normal') return null;
  const Icon = ICONS[priority];
  const color = { low: 'var(--text-3)', high: 'var(--warn)', urgent: 'var(--bad)' }[priority];
  const name = t('priority.is', { priority: t(`priority.${priority}`) });
  return (
    <Icon size={14} role="img" aria-label={name} title={name} style={{ color, flex: 'none' }} />
  );
}
