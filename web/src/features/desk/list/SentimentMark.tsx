/** How the customer sounds, as a shape: down, level, up. */
import { useTranslation } from 'react-i18next';

export type Mood = 'bad' | 'level' | 'good';

export const moodOf = (sentiment: number): Mood =>
  sentiment <= -25 ? 'bad' : sentiment >= 25 ? 'good' : 'level';

const SHAPES: Record<Mood, { path: string; color: string }> = {
  bad: { path: 'M1 2.500h10L6 10.500z', color: 'var(--bad)' },
  level: { path: 'M1 4.800h10v2.400H1z', color: 'var(--text-3)' },
  good: { path: 'M1 9.500h10L6 1.500z', color: 'var(--good)' },
};

export function SentimentMark({ sentiment }: { sentiment: number | null }) {
  const { t } = useTranslation();
  if (sentiment === null) return null;
  const mood = moodOf(sentiment);
  const name = t(`sentiment.${mood}`);
  return (
    <svg
      width="12"
      height="12"
      viewBox="0 0 12 12"
      role="img"
      aria-label={name}
      style={{ flex: 'none' }}
    >
      <title>{name}</title>
      <path d={SHAPES[mood].path} fill={SHAPES[mood].color} />
    </svg>
  );
}
