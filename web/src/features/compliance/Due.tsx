/** A moment by which something must be done. */
import { useFormat } from '@/components/format';

export function Due({ at }: { at: string }) {
  const format = useFormat();
  return (
    <time dateTime={at} title={format.exact(at)}>
      {format.upcoming(at)}
    </time>
  );
}
