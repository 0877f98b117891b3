/** The service level of the last four quarter hours; the dashed line is the promise. */
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/components/format';
import classes from './Sparkline.module.css';

const WIDTH = 72;
const HEIGHT = 24;
const EDGE = 3;

export function Sparkline({
  trend,
  target,
}: {
  trend: readonly (number | null)[];
  target: number;
}) {
  const { t } = useTranslation('live');
  const format = useFormat();
  const step = trend.length > 1 ? (WIDTH - 2 * EDGE) / (trend.length - 1) : 0;
  const y = (share: number) => HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE);
  const points = trend.map((share, index) => ({ share, x: EDGE + index * step }));
  const runs: string[] = [];
  let run: string[] = [];
  for (const { share, x } of points) {
    if (share === null) {
      runs.push(run.join(' '));
      run = [];
    } else run.push(`${x},${y(share)}`);
  }
  runs.push(run.join(' '));
  const last = [...points].reverse().find((point) => point.share !== null);
  const words = trend
    .map((share) => (share === null ? t('trendNone') : format.percent(share)))
    .join(', ');
  return (
    <svg
      className={classes.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={t('trendWords', { words })}
    >
      <title>{t('trendWords', { words })}</title>
      <line x1={0} x2={WIDTH} y1={y(target)} y2={y(target)} className={classes.target} />
      {runs.filter(Boolean).map((one) => (
        <polyline key={one} points={one} className={classes.line} />
      ))}
      {points.map(
        ({ share, x }) =>
          share !== null && (
            <circle
              key={x}
              cx={x}
              cy={y(share)}
              r={x === last?.x ? 2.5 : 1.5}
              className={classes.dot}
              data-below={share < target}
            />
          ),
      )}
    </svg>
  );
}
