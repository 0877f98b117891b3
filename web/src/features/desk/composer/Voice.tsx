/** On which channel, from which address, in whose voice. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { mailAddressesQuery } from '@/api/organizations';
import { useClientBadge } from '@/api/session';
import type { Conversation } from '@/api/types';
import { BrandMark } from '@/components/Brand';
import { ChannelIcon } from '@/components/ChannelIcon';
import classes from './Composer.module.css';

export function Voice({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const badge = useClientBadge(row.client_id);
  const isMail = row.channel === 'email';
  const { data } = useQuery({
    ...mailAddressesQuery(row.client_id),
    enabled: isMail,
    retry: false,
  });
  const addresses = data?.items.filter((one) => one.active) ?? [];
  const address =
    addresses.find((one) => one.program_id === row.program_id && one.queue_id === row.queue_id) ??
    addresses.find((one) => one.program_id === row.program_id);
  const values = {
    channel: t(`channel.${row.channel}`),
    brand: badge.name,
    address: address?.address ?? '',
  };
  return (
    <span className={classes.voice} title={address?.signature}>
      <ChannelIcon channel={row.channel} size={14} />
      <span>{address ? t('composer.voiceFrom', values) : t('composer.voice', values)}</span>
      <BrandMark color={badge.color} name={badge.name} />
    </span>
  );
}
