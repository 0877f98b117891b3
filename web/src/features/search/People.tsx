/** Customers who were found, each a way to their page. */
import { Link } from '@tanstack/react-router';
import type { CustomerRow } from '@/api/types';
import { Brand } from '@/components/Brand';
import { displayName } from '@/components/names';
import classes from './SearchPage.module.css';

export function People({ found }: { found: readonly CustomerRow[] }) {
  return (
    <ul className={classes.people}>
      {found.map((one) => (
        <li key={one.id}>
          <Link
            to="/customers/$customerId"
            params={{ customerId: one.id }}
            className={classes.person}
          >
            <strong dir="auto">{displayName(one.name)}</strong>
            <span className={classes.quiet}>{one.primary_identity}</span>
            <Brand clientId={one.client_id} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
