/** Permissions by area, each under a heading: in words as a list, or as whatever `children` makes of an area's. */
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { byArea, type AreaId } from '@/features/setup/parts/areas';
import { usePermissionName } from '@/features/setup/parts/roles';
import classes from './Permissions.module.css';

type Shown = (permissions: readonly string[]) => ReactNode;

export function Permissions({
  permissions,
  children = (some) => <Words permissions={some} />,
}: {
  permissions: readonly string[];
  children?: Shown;
}) {
  return (
    <div className={classes.areas}>
      {byArea(permissions).map((area) => (
        <Area key={area.id} id={area.id}>
          {children(area.permissions)}
        </Area>
      ))}
    </div>
  );
}

function Area({ id, children }: { id: AreaId; children: ReactNode }) {
  const { t } = useTranslation('setup');
  const heading = useId();
  return (
    <div role="group" aria-labelledby={heading}>
      <h4 id={heading}>{t(`permissionArea.${id}`)}</h4>
      {children}
    </div>
  );
}

function Words({ permissions }: { permissions: readonly string[] }) {
  const nameOf = usePermissionName();
  return (
    <ul className={classes.list}>
      {permissions.map((one) => (
        <li key={one}>{nameOf(one)}</li>
      ))}
    </ul>
  );
}
