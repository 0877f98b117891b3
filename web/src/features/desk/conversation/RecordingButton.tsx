/** Keeps what follows out of the recording, for a reason of the menu. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconPlayerRecord } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Keys } from '@/components/Keys';
import {
  PAUSE_REASONS,
  RECORDING_KEYS,
  type Recording,
} from '@/features/desk/conversation/useRecording';

export function RecordingButton({ recording: { begin, busy } }: { recording: Recording }) {
  const { t } = useTranslation();
  if (!begin) return null;
  return (
    <Menu width={300}>
      <Menu.Target>
        <ActionIcon
          size="lg"
          loading={busy}
          aria-label={t('recording.pause')}
          title={t('recording.pause')}
        >
          <IconPlayerRecord size={18} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('recording.why')}</Menu.Label>
        {PAUSE_REASONS.map((reason, index) => (
          <Menu.Item
            key={reason}
            onClick={() => begin(reason)}
            rightSection={index === 0 && <Keys keys={RECORDING_KEYS} />}
          >
            {t(`recording.reason.${reason}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
