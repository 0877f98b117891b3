/** Colours that stay readable whatever brand colour the operator picked. */

type Rgb = [number, number, number];

/** CSS colours: the brand's, text on it, and the brand's as text on a light and on a dark page. */
export interface Palette {
  accent: string;
  onAccent: string;
  accentOnLight: string;
  accentOnDark: string;
}

const DEFAULT: Rgb = [47, 95, 208];
const READABLE = 4.5;
const LIGHT: Rgb = [255, 255, 255];
const DARK: Rgb = [28, 30, 36];
const BLACK: Rgb = [0, 0, 0];

/** `color` is `#rgb` or `#rrggbb`; anything else gives the default blue. Every pair reaches 4.5:1. */
export function palette(color: string): Palette {
  const accent = parse(color) ?? DEFAULT;
  const ink =
    contrast(accent, LIGHT) >= READABLE ? LIGHT : contrast(accent, DARK) >= READABLE ? DARK : BLACK;
  return {
    accent: css(accent),
    onAccent: css(contrast(accent, ink) >= READABLE ? ink : LIGHT),
    accentOnLight: css(mixUntilReadable(accent, BLACK, [241, 242, 245])),
    accentOnDark: css(mixUntilReadable(accent, LIGHT, [44, 47, 56])),
  };
}

/** WCAG contrast of two `#rrggbb` colours, 1..21. */
export function contrastOf(a: string, b: string): number {
  return contrast(parse(a) ?? DEFAULT, parse(b) ?? DEFAULT);
}

function mixUntilReadable(color: Rgb, towards: Rgb, page: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mix = (index: 0 | 1 | 2): number =>
      Math.round(color[index] + (towards[index] - color[index]) * share);
    const mixed: Rgb = [mix(0), mix(1), mix(2)];
    if (contrast(mixed, page) >= READABLE) return mixed;
  }
  return towards;
}

function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function parse(color: string): Rgb | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (long) return long.slice(1).map((part) => parseInt(part, 16)) as Rgb;
  if (short) return short.slice(1).map((part) => parseInt(part + part, 16)) as Rgb;
  return null;
}

function css(color: Rgb): string {
  return '#' + color.map((part) => part.toString(16).padStart(2, '0')).join('');
}
