/** Set-up: sections at the side, the chosen one beside it. */
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { Empty, RowSkeletons } from '@/components/States';
import { groupsFor, type SectionId } from '@/features/setup/sections';
import classes from './SetupPage.module.css';

const page = <K extends string>(load: () => Promise<Record<K, ComponentType>>, name: K) =>
  lazy(() => load().then((module) => ({ default: module[name] })));

const PAGES: Record<SectionId, ComponentType> = {
  clients: page(() => import('@/features/setup/brands/Clients'), 'Clients'),
  programs: page(() => import('@/features/setup/brands/Programs'), 'Programs'),
  attributes: page(() => import('@/features/setup/brands/AttributeSchemas'), 'AttributeSchemas'),
  privacy: page(() => import('@/features/setup/brands/Privacy'), 'Privacy'),
  imports: page(() => import('@/features/setup/data/Imports'), 'Imports'),
  exports: page(() => import('@/features/setup/data/Exports'), 'Exports'),
  restores: page(() => import('@/features/setup/data/Restores'), 'Restores'),
  queues: page(() => import('@/features/setup/routing/Queues'), 'Queues'),
  skills: page(() => import('@/features/setup/routing/Skills'), 'Skills'),
  email: page(() => import('@/features/setup/channels/MailAddresses'), 'MailAddresses'),
  mailboxes: page(() => import('@/features/setup/channels/Mailboxes'), 'Mailboxes'),
  signing: page(() => import('@/features/setup/channels/Signing'), 'Signing'),
  suppression: page(() => import('@/features/setup/channels/Suppression'), 'Suppression'),
  chat: page(() => import('@/features/setup/channels/ChatWidgets'), 'ChatWidgets'),
  macros: page(() => import('@/features/setup/answers/Macros'), 'Macros'),
  dispositions: page(() => import('@/features/setup/answers/Dispositions'), 'Dispositions'),
  people: page(() => import('@/features/setup/people/People'), 'People'),
  roles: page(() => import('@/features/setup/people/Roles'), 'Roles'),
  access: page(() => import('@/features/setup/people/Access'), 'Access'),
  teams: page(() => import('@/features/setup/organization/Teams'), 'Teams'),
  sites: page(() => import('@/features/setup/organization/Sites'), 'Sites'),
  providers: page(() => import('@/features/setup/organization/Providers'), 'Providers'),
  'api-keys': page(() => import('@/features/setup/system/ApiKeys'), 'ApiKeys'),
  'sign-in': page(() => import('@/features/setup/security/SignInPolicies'), 'SignInPolicies'),
  'identity-providers': page(
    () => import('@/features/setup/security/IdentityProviders'),
    'IdentityProviders',
  ),
  provisioning: page(() => import('@/features/setup/security/Provisioning'), 'Provisioning'),
  'directory-groups': page(
    () => import('@/features/setup/security/DirectoryGroups'),
    'DirectoryGroups',
  ),
  networks: page(() => import('@/features/setup/security/Networks'), 'Networks'),
  audit: page(() => import('@/features/setup/system/Audit'), 'Audit'),
  'parked-events': page(() => import('@/features/setup/system/ParkedEvents'), 'ParkedEvents'),
};

export function SetupPage() {
  const { t } = useTranslation(['setup', 'common']);
  const me = useMe();
  const { section }: { section?: string } = useParams({ strict: false });
  const groups = groupsFor(me.permissions);
  const chosen = groups.flatMap((group) => group.sections).find((one) => one.id === section);
  const Section = chosen && PAGES[chosen.id];
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [section]);
  return (
    <div className={classes.setup} data-open={Boolean(section)}>
      <nav ref={nav} className={classes.nav} aria-label={t('sections')}>
        {section ? (
          <p className={classes.place}>{t('title')}</p>
        ) : (
          <h1 className={classes.place}>{t('title')}</h1>
        )}
        {groups.map((group) => (
          <div key={group.id} className={classes.group}>
            <h2 id={`group-${group.id}`}>{t(`group.${group.id}`)}</h2>
            <ul aria-labelledby={`group-${group.id}`}>
              {group.sections.map((one) => (
                <li key={one.id}>
                  <Link
                    className={classes.link}
                    to="/setup/$section"
                    params={{ section: one.id }}
                    search={{}}
                    aria-current={one.id === section ? 'page' : undefined}
                  >
                    <one.icon size={16} stroke={1.6} aria-hidden />
                    {t(`common:setupSection.${one.id}`)}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className={classes.section}>
        {Section ? (
          <Suspense fallback={<RowSkeletons />}>
            <Section key={section} />
          </Suspense>
        ) : section ? (
          <Empty title={t('missing.title')}>{t('missing.hint')}</Empty>
        ) : (
          <Start groups={groups} />
        )}
      </div>
    </div>
  );
}

/** In which order a new client comes to life. */
const STEPS: readonly SectionId[] = ['clients', 'programs', 'queues', 'people', 'email', 'chat'];

function Start({ groups }: { groups: readonly { sections: readonly { id: SectionId }[] }[] }) {
  const { t } = useTranslation(['setup', 'common']);
  const mine = groups.flatMap((group) => group.sections.map((one) => one.id));
  const steps = STEPS.filter((one) => mine.includes(one));
  return (
    <div className={classes.start}>
      <h2>{t('start.title')}</h2>
      <p className={classes.lead}>{t(steps.length > 1 ? 'start.lead' : 'start.pick')}</p>
      {steps.length > 1 && (
        <ol className={classes.steps}>
          {steps.map((one) => (
            <li key={one}>
              <Link to="/setup/$section" params={{ section: one }}>
                {t(`common:setupSection.${one}`)}
              </Link>
              <span>{t(`start.${one}` as 'start.clients')}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
