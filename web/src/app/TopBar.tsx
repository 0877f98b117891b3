/** Search and palette, connection, capacity and presence: always one key away. */
import { IconCloudOff, IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useConnection } from '@/api/realtime';
import { useCan } from '@/api/session';
import { openPalette } from '@/app/paletteState';
import { CapacityMeter } from '@/app/CapacityMeter';
import { PresenceSwitch } from '@/app/PresenceSwitch';
import { useActions } from '@/components/actions';
import { Keys } from '@/components/Keys';
import classes from './TopBar.module.css';

export function TopBar() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const connection = useConnection();
  const works = useCan('presence.set');
  useActions([
    {
      id: 'search',
      name: t('search.open'),
      group: t('group.go'),
      keys: 'g f',
      run: () => void navigate({ to: '/search', search: {} }),
    },
  ]);
  return (
    <header className={classes.bar}>
      <button type="button" className={classes.search} onClick={() => openPalette('')}>
        <IconSearch size={16} aria-hidden />
        <span>{t('palette.open')}</span>
        <Keys keys="mod+k" />
      </button>
      <div className={classes.space} />
      <div role="status">
        {connection === 'lost' && (
          <span className={classes.lost} title={t('shell.lostHint')}>
            <IconCloudOff size={16} aria-hidden />
            {t('shell.lost')}
          </span>
        )}
      </div>
      {works && (
        <>
          <CapacityMeter />
          <PresenceSwitch />
        </>
      )}
    </header>
  );
}
