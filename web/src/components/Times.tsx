/** Times as people say them, the exact one on hover. */
import { useNow } from '@/components/clock';
import { useFormat } from '@/components/format';

/** How long since `at`: "4 min". */
export function Since({ at }: { at: string }) {
  const format = useFormat();
  const started = new Date(at).getTime();
  const young = Date.now() - started < 60_000;
  const now = useNow(young ? 1 : 15);
  return (
    <time dateTime={at} title={format.exact(at)}>
      {format.duration((now - started) / 1000)}
    </time>
  );
}

/** A running counter since `at`: "3:07". */
export function Counter({ at }: { at: string }) {
  const format = useFormat();
  const now = useNow();
  return (
    <time dateTime={at} title={format.exact(at)}>
      {format.counter((now - new Date(at).getTime()) / 1000)}
    </time>
  );
}

/** A point in time, as short as it can be. */
export function When({
  at,
  style = 'short',
}: {
  at: string;
  style?: 'short' | 'time' | 'date' | 'day';
}) {
  const format = useFormat();
  return (
    <time dateTime={at} title={format.exact(at)}>
      {format[style](at)}
    </time>
  );
}
