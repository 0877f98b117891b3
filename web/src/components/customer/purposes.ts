/** What customers agree or refuse to. */
import type { ConsentPurpose } from '@/api/types';

export const PURPOSES: readonly ConsentPurpose[] = ['service', 'survey', 'marketing', 'recording'];
