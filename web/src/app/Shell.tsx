/** The frame of every place: rail, top bar, the place itself, palette and live connection. */
import { Outlet, useNavigate } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { startSync } from '@/api/sync';
import { Glass } from '@/app/Glass';
import { useAccountLanguage } from '@/app/language';
import { OfferStack } from '@/app/OfferStack';
import { Palette } from '@/app/Palette';
import { placesOf } from '@/app/places';
import { Rail } from '@/app/Rail';
import { TopBar } from '@/app/TopBar';
import { useActionKeys, useActions } from '@/components/actions';
import { RowSkeletons } from '@/components/States';
import { useComplianceActions } from '@/features/compliance/useComplianceActions';
import { useDeadlineAlerts } from '@/features/compliance/useDeadlineAlerts';
import { useSetupActions } from '@/features/setup/useSetupActions';
import classes from './Shell.module.css';

export function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  useEffect(() => startSync(), [me.person.id]);
  useAccountLanguage(me);
  useActionKeys();
  useSetupActions();
  useComplianceActions();
  useDeadlineAlerts();
  useActions(
    placesOf(me).map((place) => ({
      id: `go.${place.id}`,
      name: t(`go.${place.id}`),
      group: t('group.go'),
      keys: place.keys,
      run: () => void navigate({ to: place.to }),
    })),
  );
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#work">
        {t('shell.skip')}
      </a>
      <Rail />
      <TopBar />
      <Glass />
      <main id="work" className={classes.work} tabIndex={-1}>
        <Suspense fallback={<RowSkeletons />}>
          <Outlet />
        </Suspense>
      </main>
      <OfferStack />
      <Palette />
    </div>
  );
}
