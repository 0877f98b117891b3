/** A bar over the thread that says what holds for the whole conversation now, and what can be done about it. */
import type { ReactNode } from 'react';
import classes from './Bar.module.css';

export function Bar({
  label,
  icon,
  warns = false,
  text,
  children,
}: {
  label: string;
  icon: ReactNode;
  warns?: boolean;
  text: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section className={classes.bar} data-warns={warns} aria-label={label}>
      {icon}
      <p className={classes.text}>{text}</p>
      {children}
    </section>
  );
}
