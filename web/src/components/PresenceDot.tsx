/** An agent's state as a small shape; always beside its name. */
import type { Presence } from '@/api/types';
import classes from './PresenceDot.module.css';

const SHAPES: Record<Presence, 'full' | 'half' | 'ring' | 'bar'> = {
  available: 'full',
  busy: 'half',
  after_call_work: 'half',
  break: 'bar',
  meal: 'bar',
  training: 'bar',
  meeting: 'bar',
  offline: 'ring',
};

export function PresenceDot({ state }: { state: Presence }) {
  return <span aria-hidden className={classes.dot} data-shape={SHAPES[state]} />;
}
