/** A person's initials. Grey on purpose: colour belongs to brands. */
import classes from './Avatar.module.css';

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters.map((word) => word?.[0]?.toUpperCase() ?? '').join('') || '·';
}

export function Avatar({ name, size = 32 }: { name: string; size?: number }) {
  return (
    <span aria-hidden className={classes.avatar} style={{ width: size, height: size }}>
      {initials(name)}
    </span>
  );
}
