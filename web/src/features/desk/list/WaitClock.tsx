/** How long a customer has waited, against what was promised. */
import { IconAlertTriangleFilled, IconClock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useNow } from '@/components/clock';
import { useFormat } from '@/components/format';
import { urgency } from '@/features/desk/list/urgency';
import classes from './WaitClock.module.css';

export function WaitClock({ since, due }: { since: string; due: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const began = new Date(since).getTime();
  const fine = Date.now() - began < 3_600_000;
  const now = useNow(fine ? 1 : 20);
  const seconds = Math.max(0, (now - began) / 1000);
  const end = due ? new Date(due).getTime() : null;
  const state = urgency(began, end, now);
  const words = fine ? format.counter(seconds) : format.duration(seconds);
  const promise =
    end === null
      ? format.exact(since)
      : state === 'late'
        ? t('wait.late', { time: format.duration((now - end) / 1000) })
        : t('wait.left', { time: format.duration((end - now) / 1000) });
  return (
    <span className={classes.wait} data-state={state} title={promise}>
      {state === 'late' ? (
        <IconAlertTriangleFilled size={12} aria-hidden />
      ) : (
        <IconClock size={12} aria-hidden />
      )}
      <span>{words}</span>
      {state !== 'calm' && <span className="visually-hidden">{promise}</span>}
    </span>
  );
}
