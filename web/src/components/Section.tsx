/** A foldable part of a panel; it remembers whether it was open. */
import { IconChevronRight } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import classes from './Section.module.css';

function remembered(id: string, open: boolean): boolean {
  const saved = localStorage.getItem(`careloom.section.${id}`);
  return saved === null ? open : saved === '1';
}

export function Section({
  id,
  title,
  aside,
  open: openAtFirst = true,
  children,
}: {
  id: string;
  title: string;
  aside?: ReactNode;
  open?: boolean;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(() => remembered(id, openAtFirst));
  const toggle = () => {
    localStorage.setItem(`careloom.section.${id}`, open ? '0' : '1');
    setOpen(!open);
  };
  return (
    <section className={classes.section}>
      <h2 className={classes.head}>
        <button type="button" aria-expanded={open} onClick={toggle}>
          <IconChevronRight size={14} className={classes.chevron} data-open={open} aria-hidden />
          {title}
        </button>
        {aside && <span className={classes.aside}>{aside}</span>}
      </h2>
      {open && <div className={classes.body}>{children}</div>}
    </section>
  );
}
