/** The real widget on a made-up page, with the settings as they stand in the form. */
import { ActionIcon, SegmentedControl } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WidgetTheme } from '@/api/types';
import classes from './Preview.module.css';

const SETTLE_MS = 500;

interface Wanted {
  theme: WidgetTheme;
  language: string;
  require_email: boolean;
  online: 'as_is' | 'yes' | 'no';
}

export function Preview({
  widgetKey,
  theme,
  language,
  requireEmail,
}: {
  widgetKey: string;
  theme: WidgetTheme;
  language: string;
  requireEmail: boolean;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const [online, setOnline] = useState<Wanted['online']>('as_is');
  const [turn, setTurn] = useState(0);
  const wanted = JSON.stringify({ theme, language, require_email: requireEmail, online });
  const [settled, setSettled] = useState(wanted);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(wanted), SETTLE_MS);
    return () => window.clearTimeout(timer);
  }, [wanted]);
  const address = `/widget-preview.html?key=${encodeURIComponent(widgetKey)}#${encodeURIComponent(settled)}`;
  return (
    <section className={classes.preview} aria-label={t('chat.preview')}>
      <header className={classes.head}>
        <h3>{t('chat.preview')}</h3>
        <SegmentedControl
          size="xs"
          aria-label={t('chat.previewHours')}
          data={[
            { value: 'as_is', label: t('chat.previewNow') },
            { value: 'yes', label: t('chat.previewOpen') },
            { value: 'no', label: t('chat.previewClosed') },
          ]}
          value={online}
          onChange={(value) => setOnline(value as Wanted['online'])}
        />
        <ActionIcon
          aria-label={t('chat.previewAgain')}
          title={t('chat.previewAgain')}
          onClick={() => setTurn(turn + 1)}
        >
          <IconRefresh size={16} />
        </ActionIcon>
      </header>
      <iframe
        key={`${settled}${turn}`}
        className={classes.frame}
        title={t('chat.preview')}
        src={address}
      />
      <p className={classes.hint}>{t('chat.previewHint')}</p>
    </section>
  );
}
