/** A label and a hint above something that has none of its own. */
import type { ReactNode } from 'react';
import classes from './Labelled.module.css';

export function Labelled({
  label,
  description,
  error,
  children,
}: {
  label: string;
  description?: ReactNode;
  error?: string | undefined;
  children: ReactNode;
}) {
  return (
    <div role="group" aria-label={label} className={classes.labelled}>
      <div className={classes.label}>{label}</div>
      {description && <div className={classes.description}>{description}</div>}
      <div className={classes.content}>{children}</div>
      {error && (
        <div className={classes.error} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
