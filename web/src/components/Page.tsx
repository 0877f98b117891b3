/** A plain page of a place: heading, actions, content that scrolls. */
import type { ReactNode } from 'react';
import { useTitle } from '@/components/title';
import classes from './Page.module.css';

export function Page({
  title,
  lead,
  actions,
  wide = false,
  children,
}: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <div className={classes.page}>
      <div className={classes.inner} data-wide={wide}>
        <header className={classes.header}>
          <div className={classes.heading}>
            <h1>{title}</h1>
            {lead && <div className={classes.lead}>{lead}</div>}
          </div>
          {actions && <div className={classes.actions}>{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  );
}
