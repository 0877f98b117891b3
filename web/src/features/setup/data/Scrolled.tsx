/** A table that scrolls inside, also by keys. */
import type { ReactNode } from 'react';
import classes from './Data.module.css';

export function Scrolled({ name, children }: { name: string; children: ReactNode }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- so that long lists can be scrolled by keys
    <div className={classes.scroll} role="region" aria-label={name} tabIndex={0}>
      <table className={classes.table}>{children}</table>
    </div>
  );
}
