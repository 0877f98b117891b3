/** The slim rail of places. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { placesOf } from '@/app/places';
import { SettingsMenu } from '@/app/SettingsMenu';
import classes from './Rail.module.css';

export function Rail() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <nav className={classes.rail} aria-label={t('shell.places')}>
      <svg className={classes.mark} viewBox="0 0 24 24" aria-hidden>
        <path d="M6 4v16M12 4v16M18 4v16" stroke="currentColor" opacity="0.45" />
        <path d="M3 8.500h6M15 8.500h6M9 15.500h6" stroke="currentColor" />
      </svg>
      {placesOf(me).map((place) => (
        <Link
          key={place.id}
          to={place.to}
          className={classes.place}
          activeOptions={{ exact: false, includeSearch: false }}
          activeProps={{ 'data-active': true, 'aria-current': 'page' }}
          title={`${t(`place.${place.id}`)} (${place.keys.toUpperCase()})`}
        >
          <place.icon size={20} stroke={1.6} aria-hidden />
          <span>{t(`place.${place.id}`)}</span>
        </Link>
      ))}
      <div className={classes.space} />
      <SettingsMenu />
    </nav>
  );
}
