/** The mark of the client that a line belongs to. */
import { useClientBadge } from '@/api/session';
import { BrandMark } from '@/components/Brand';

export function Mark({ clientId }: { clientId: string }) {
  const badge = useClientBadge(clientId);
  return <BrandMark color={badge.color} name={badge.name} />;
}
