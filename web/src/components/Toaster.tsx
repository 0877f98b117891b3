/** Draws the toasts; polite to screen readers. */
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { dismissToast, passTime, useToasts } from '@/components/toasts';
import classes from './Toaster.module.css';

const TICK_MS = 250;

export function Toaster() {
  const { t } = useTranslation();
  const toasts = useToasts();
  const stack = useRef<HTMLDivElement>(null);
  const some = toasts.length > 0;
  // A tick counts as one however late it comes: a machine that is too busy to show a toast takes none of its time.
  useEffect(() => {
    if (!some) return undefined;
    const timer = window.setInterval(() => {
      const read = document.hidden || stack.current?.matches(':hover, :focus-within');
      if (!read) passTime(TICK_MS);
    }, TICK_MS);
    return () => window.clearInterval(timer);
  }, [some]);
  return (
    <div ref={stack} className={classes.stack} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={classes.toast} data-tone={toast.tone}>
          {toast.tone === 'bad' && <IconAlertTriangle size={16} />}
          {toast.tone === 'good' && <IconCheck size={16} />}
          <div className={classes.text}>
            {toast.text}
            {toast.detail && <div className={classes.detail}>{toast.detail}</div>}
          </div>
          {toast.action && (
            <button
              type="button"
              className={classes.action}
              onClick={() => {
                toast.action?.run();
                dismissToast(toast.id);
              }}
            >
              {toast.action.name}
            </button>
          )}
          <button
            type="button"
            className={classes.close}
            aria-label={t('action.dismiss')}
            onClick={() => dismissToast(toast.id)}
          >
            <IconX size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
