/** What a person sets for themselves, and leaving. */
import { Menu } from '@mantine/core';
import {
  IconBell,
  IconBellOff,
  IconCheck,
  IconLogout,
  IconUrgent,
  IconVolume,
  IconVolumeOff,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { signOut, useMe } from '@/api/session';
import { chooseLanguage } from '@/app/language';
import { useActions } from '@/components/actions';
import { Avatar } from '@/components/Avatar';
import { toastError } from '@/components/errors';
import { LANGUAGES, ownName } from '@/components/languages';
import { savePreferences, usePreferences } from '@/components/preferences';
import { showToast } from '@/components/toasts';
import classes from './Rail.module.css';

const BreakGlassDialog = lazy(async () => ({
  default: (await import('@/features/glass/BreakGlassDialog')).BreakGlassDialog,
}));

const THEMES = ['system', 'light', 'dark'] as const;
const DENSITIES = ['comfortable', 'compact'] as const;

export function SettingsMenu() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const preferences = usePreferences();

  const [breaking, setBreaking] = useState(false);
  const mayBreak = me.permissions.includes('glass.break') && me.glass === null;
  const leave = () => {
    signOut()
      .then(() => navigate({ to: '/sign-in', search: {} }))
      .catch(toastError);
  };
  const toggleNotifications = async () => {
    if (preferences.notifications) {
      savePreferences({ notifications: false });
      return;
    }
    const granted =
      'Notification' in window && (await Notification.requestPermission()) === 'granted';
    if (granted) savePreferences({ notifications: true });
    else showToast({ tone: 'bad', text: t('settings.notificationsBlocked') });
  };
  const toggleSound = () => savePreferences({ sound: !preferences.sound });

  const group = t('group.settings');
  useActions([
    ...THEMES.map((one) => ({
      id: `theme.${one}`,
      name: `${t('settings.theme')}: ${t(`settings.themes.${one}`)}`,
      group,
      run: () => savePreferences({ theme: one }),
    })),
    ...DENSITIES.map((one) => ({
      id: `density.${one}`,
      name: `${t('settings.density')}: ${t(`settings.densities.${one}`)}`,
      group,
      run: () => savePreferences({ density: one }),
    })),
    ...LANGUAGES.map((one) => ({
      id: `language.${one}`,
      name: `${t('settings.language')}: ${ownName(one)}`,
      group,
      run: () => chooseLanguage(one),
    })),
    {
      id: 'sound',
      name: preferences.sound ? t('settings.soundOff') : t('settings.soundOn'),
      group,
      run: toggleSound,
    },
    {
      id: 'notifications',
      name: preferences.notifications
        ? t('settings.notificationsOff')
        : t('settings.notificationsOn'),
      group,
      run: () => void toggleNotifications(),
    },
    {
      id: 'states',
      name: t('states.title'),
      group: t('group.go'),
      keys: 'g m',
      run: () => void navigate({ to: '/me' }),
    },
    {
      id: 'security',
      name: t('settings.security'),
      group: t('group.go'),
      run: () => void navigate({ to: '/me/security' }),
    },
    ...(mayBreak
      ? [
          {
            id: 'glass.break',
            name: t('glass.break'),
            group: t('group.go'),
            run: () => setBreaking(true),
          },
        ]
      : []),
    { id: 'leave', name: t('settings.signOut'), group, run: leave },
  ]);

  const check = (on: boolean) =>
    on ? <IconCheck size={14} aria-hidden /> : <span style={{ width: 14 }} />;
  return (
    <>
      {breaking && (
        <Suspense>
          <BreakGlassDialog onClose={() => setBreaking(false)} />
        </Suspense>
      )}
      <Menu
        position="right-end"
        width={240}
        withinPortal={false}
        middlewares={{ flip: true, shift: { crossAxis: true } }}
      >
        <Menu.Target>
          <button type="button" className={classes.button}>
            <Avatar name={me.person.name} />
            <span className="visually-hidden">{t('settings.open', { name: me.person.name })}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {me.person.name}
            <br />
            {me.person.email}
          </Menu.Label>
          <Menu.Item onClick={() => void navigate({ to: '/me' })}>{t('states.title')}</Menu.Item>
          <Menu.Item onClick={() => void navigate({ to: '/me/security' })}>
            {t('settings.security')}
          </Menu.Item>
          {mayBreak && (
            <Menu.Item leftSection={<IconUrgent size={14} />} onClick={() => setBreaking(true)}>
              {t('glass.break')}
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Label>{t('settings.theme')}</Menu.Label>
          {THEMES.map((one) => (
            <Menu.Item
              key={one}
              aria-current={preferences.theme === one}
              leftSection={check(preferences.theme === one)}
              onClick={() => savePreferences({ theme: one })}
            >
              {t(`settings.themes.${one}`)}
            </Menu.Item>
          ))}
          <Menu.Label>{t('settings.density')}</Menu.Label>
          {DENSITIES.map((one) => (
            <Menu.Item
              key={one}
              aria-current={preferences.density === one}
              leftSection={check(preferences.density === one)}
              onClick={() => savePreferences({ density: one })}
            >
              {t(`settings.densities.${one}`)}
            </Menu.Item>
          ))}
          <Menu.Label>{t('settings.language')}</Menu.Label>
          {LANGUAGES.map((one) => (
            <Menu.Item
              key={one}
              aria-current={i18n.language === one}
              leftSection={check(i18n.language === one)}
              onClick={() => chooseLanguage(one)}
            >
              {ownName(one)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            closeMenuOnClick={false}
            leftSection={preferences.sound ? <IconVolume size={14} /> : <IconVolumeOff size={14} />}
            onClick={toggleSound}
          >
            {preferences.sound ? t('settings.soundOff') : t('settings.soundOn')}
          </Menu.Item>
          <Menu.Item
            closeMenuOnClick={false}
            leftSection={
              preferences.notifications ? <IconBell size={14} /> : <IconBellOff size={14} />
            }
            onClick={() => void toggleNotifications()}
          >
            {preferences.notifications
              ? t('settings.notificationsOff')
              : t('settings.notificationsOn')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={14} />} onClick={leave}>
            {t('settings.signOut')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
