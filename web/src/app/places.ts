/** The places of the rail and what one must be permitted to see them. */
import {
  IconBroadcast,
  IconMessages,
  IconSettings,
  IconShieldLock,
  type Icon,
} from '@tabler/icons-react';
import type { Me } from '@/api/types';
import { sectionsFor } from '@/features/setup/sections';

export interface Place {
  id: 'desk' | 'live' | 'compliance' | 'setup';
  to: '/desk' | '/live' | '/compliance' | '/setup';
  keys: string;
  icon: Icon;
  /** Whether permissions open the place. */
  opens: (held: readonly string[]) => boolean;
}

const has = (permission: string) => (held: readonly string[]) => held.includes(permission);

const PLACES: readonly Place[] = [
  {
    id: 'desk',
    to: '/desk',
    keys: 'g d',
    icon: IconMessages,
    opens: has('conversations.read'),
  },
  { id: 'live', to: '/live', keys: 'g l', icon: IconBroadcast, opens: has('live.read') },
  {
    id: 'compliance',
    to: '/compliance',
    keys: 'g c',
    icon: IconShieldLock,
    opens: has('compliance.read'),
  },
  {
    id: 'setup',
    to: '/setup',
    keys: 'g s',
    icon: IconSettings,
    opens: (held) => sectionsFor(held).length > 0,
  },
];

export function placesOf(me: Me): Place[] {
  return PLACES.filter((place) => place.opens(me.permissions));
}
