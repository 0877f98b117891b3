/** Where something long stands: in words, with a bar while it works, and what can be done now. */
import { Progress } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconLoader2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useFormat } from '@/components/format';
import classes from './Data.module.css';

export function Stage({
  tone,
  title,
  hint,
  working,
  done,
  total,
  name,
  children,
}: {
  tone: 'fine' | 'bad';
  title: string;
  hint: string;
  working: boolean;
  done: number;
  /** 0: not known yet. */
  total: number;
  /** What the bar measures. */
  name: string;
  children?: ReactNode;
}) {
  const format = useFormat();
  const Icon = working ? IconLoader2 : tone === 'bad' ? IconAlertTriangle : IconCircleCheck;
  const share = total > 0 ? Math.min(100, Math.round((100 * done) / total)) : 0;
  return (
    <section className={classes.stage} data-tone={tone}>
      <div className={classes.words} role="status">
        <Icon size={18} aria-hidden color={tone === 'bad' ? 'var(--bad)' : 'var(--accent)'} />
        <div>
          <strong>{title}</strong>
          <p>{hint}</p>
        </div>
      </div>
      {working && (
        <>
          <Progress.Root size="lg">
            <Progress.Section
              value={total > 0 ? share : 100}
              animated={total === 0}
              striped={total === 0}
              aria-label={name}
            />
          </Progress.Root>
          <span className={classes.number}>
            {total > 0 ? `${format.number(done)} / ${format.number(total)}` : format.number(done)}
          </span>
        </>
      )}
      <div className={classes.deeds}>{children}</div>
    </section>
  );
}
