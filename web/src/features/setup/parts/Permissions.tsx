/** Permissions in words, as a list. */
import { usePermissionName } from '@/features/setup/parts/roles';
import classes from './Permissions.module.css';

export function Permissions({ permissions }: { permissions: readonly string[] }) {
  const nameOf = usePermissionName();
  return (
    <ul className={classes.list}>
      {permissions.map((one) => (
        <li key={one}>{nameOf(one)}</li>
      ))}
    </ul>
  );
}
