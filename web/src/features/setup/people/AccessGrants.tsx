/** Grants with what they give: the role, over what, and every permission of it. */
import { useTranslation } from 'react-i18next';
import type { ExplainedGrant } from '@/api/types';
import { Permissions } from '@/features/setup/parts/Permissions';
import { useRoleTitle } from '@/features/setup/parts/roles';
import classes from './Access.module.css';

export function Grants({ grants }: { grants: readonly ExplainedGrant[] }) {
  const { t } = useTranslation('setup');
  const said = useGrantInWords();
  if (grants.length === 0) return <p className={classes.quiet}>{t('access.nothing')}</p>;
  return (
    <ul className={classes.grants}>
      {grants.map((grant) => (
        <li key={`${grant.role} ${grant.scope} ${grant.scope_id}`}>
          <details>
            <summary>
              {said(grant)}
              <span className={classes.quiet}>
                {t('roles.count', { count: grant.permissions.length })}
              </span>
            </summary>
            <Permissions permissions={grant.permissions} />
          </details>
        </li>
      ))}
    </ul>
  );
}

/** A grant as a few words: the role, over what. */
export function useGrantInWords(): (grant: ExplainedGrant) => string {
  const { t } = useTranslation('setup');
  const title = useRoleTitle();
  return (grant) => {
    const role = title({ id: grant.role, name: grant.role_name });
    if (grant.scope === 'everything') return t('access.overEverything', { role });
    const name = grant.scope_name ?? t('access.hidden');
    return t('access.over', { role, scope: t(`access.scope.${grant.scope}`, { name }) });
  };
}
