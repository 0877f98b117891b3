/** Ids in what people paste: the last one of an address, or the id by itself. */
import type { Uuid } from '@/api/types';

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

export const idIn = (pasted: string): Uuid | null =>
  pasted.match(ID)?.at(-1)?.toLowerCase() ?? null;
