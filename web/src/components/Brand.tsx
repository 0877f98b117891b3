/** Whose contact this is: the client's colour and name, wherever a contact shows. */
import { useClientBadge } from '@/api/session';
import classes from './Brand.module.css';

/** The client's mark (its initials on its colour) and name. */
export function Brand({
  clientId,
  size = 'small',
}: {
  clientId: string;
  size?: 'small' | 'large';
}) {
  const badge = useClientBadge(clientId);
  return (
    <span className={classes.brand} data-size={size}>
      <BrandMark color={badge.color} name={badge.name} />
      <span className={classes.name} dir="auto">
        {badge.name}
      </span>
    </span>
  );
}

export function BrandMark({ color, name }: { color: string; name: string }) {
  return (
    <span aria-hidden className={classes.mark} style={{ background: color, color: inkOn(color) }}>
      {name.slice(0, 1).toUpperCase()}
    </span>
  );
}

/** Black or white, whichever reads better on `color` (`#rrggbb`). */
export function inkOn(color: string): string {
  const channel = (at: number) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const light = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return light > 0.179 ? '#14171a' : '#ffffff';
}
