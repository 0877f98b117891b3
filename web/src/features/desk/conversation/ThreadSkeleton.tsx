/** The shape of a thread to come. */
import { useTranslation } from 'react-i18next';
import classes from './Thread.module.css';

const SHAPES = [
  { side: 'start', width: 320, height: 56 },
  { side: 'end', width: 380, height: 76 },
  { side: 'start', width: 240, height: 40 },
  { side: 'end', width: 300, height: 56 },
];

export function ThreadSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={classes.skeleton} role="status" aria-label={t('state.loading')}>
      {SHAPES.map(({ side, width, height }, index) => (
        <div key={index} style={{ width, height, alignSelf: `flex-${side}` }} />
      ))}
    </div>
  );
}
