/** Says that nothing is recorded now, since when and why, and ends it. */
import { Button } from '@mantine/core';
import { IconPlayerPauseFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RecordingPause } from '@/api/types';
import { Keys } from '@/components/Keys';
import { Counter } from '@/components/Times';
import { Bar } from '@/features/desk/conversation/Bar';
import { RECORDING_KEYS, type Recording } from '@/features/desk/conversation/useRecording';
import classes from './RecordingBar.module.css';

export function RecordingBar({
  pause,
  recording: { end, busy },
}: {
  pause: RecordingPause;
  recording: Recording;
}) {
  const { t } = useTranslation();
  return (
    <Bar
      label={t('recording.paused')}
      icon={<IconPlayerPauseFilled size={18} aria-hidden />}
      warns
      text={
        <>
          <span role="status">
            <strong>{t('recording.paused')}</strong> {t(`recording.reason.${pause.reason}`)}
          </span>
          <span className={classes.since}>
            <Counter at={pause.began_at} />
            <bdi>{pause.paused_by_name}</bdi>
          </span>
        </>
      }
    >
      {end && (
        <Button
          variant="default"
          loading={busy}
          onClick={end}
          rightSection={<Keys keys={RECORDING_KEYS} />}
        >
          {t('recording.resume')}
        </Button>
      )}
    </Bar>
  );
}
