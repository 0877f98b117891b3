/** Clicks on what asked whether one is sure. */
import type { MouseEvent } from 'react';

/** Does `deed` on a click; the second one of a double click, which comes before the question can be read, does nothing. */
export const confirms = (deed: () => void) => (event: MouseEvent) => {
  if (event.detail < 2) deed();
};
