/** The channel as an icon with its name for those who cannot see it. */
import {
  IconAt,
  IconDeviceMobileMessage,
  IconMail,
  IconMessageCircle,
  IconPhone,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '@/api/types';

const ICONS = {
  email: IconMail,
  chat: IconMessageCircle,
  sms: IconDeviceMobileMessage,
  social: IconAt,
  voice: IconPhone,
};

export function ChannelIcon({ channel, size = 16 }: { channel: Channel; size?: number }) {
  const { t } = useTranslation();
  const Icon = ICONS[channel];
  const name = t(`channel.${channel}`);
  return <Icon size={size} stroke={1.75} role="img" aria-label={name} style={{ flex: 'none' }} />;
}
