/** The name of the page in the browser's tab. */
import { useEffect } from 'react';

const PRODUCT = 'Careloom';

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · ${PRODUCT}` : PRODUCT;
    return () => {
      document.title = PRODUCT;
    };
  }, [title]);
}
