import 'react';

declare module 'react' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it only gains custom properties
  interface CSSProperties extends Record<`--${string}`, string | number | undefined> {}
}
