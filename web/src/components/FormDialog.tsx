/** A form in a dialog: fields, and one button that does what the title says. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import classes from './FormDialog.module.css';

export function FormDialog({
  title,
  action = title,
  ready,
  busy = false,
  destroys = false,
  wide = false,
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  action?: string;
  ready: boolean;
  busy?: boolean;
  /** Whether what it does cannot be taken back. */
  destroys?: boolean;
  /** Whether long text is written in it. */
  wide?: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={title}
      {...(wide && { size: 720 })}
      onClose={onClose}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        <Button type="submit" loading={busy} disabled={!ready} {...(destroys && { color: 'red' })}>
          {action}
        </Button>
      </form>
    </Dialog>
  );
}
