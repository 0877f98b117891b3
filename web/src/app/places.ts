/** The places of the rail and what one must be permitted to see them. */
import {
  IconBroadcast,
  IconMessages,
  IconSettings,
  IconShieldLock,
  type Icon,
} from '@tabler/icons-react';
import type { Me } from '@/api/types';

export interface Place {
  id: 'desk' | 'live' | 'compliance' | 'setup';
  to: '/desk' | '/live' | '/compliance' | '/setup';
  keys: string;
  icon: Icon;
  /** Any of these opens the place. */
  permissions: readonly string[];
}

const PLACES: readonly Place[] = [
  {
    id: 'desk',
    to: '/desk',
    keys: 'g d',
    icon: IconMessages,
    permissions: ['conversations.read'],
  },
  { id: 'live', to: '/live', keys: 'g l', icon: IconBroadcast, permissions: ['live.read'] },
  {
    id: 'compliance',
    to: '/compliance',
    keys: 'g c',
    icon: IconShieldLock,
    permissions: ['compliance.read'],
  },
  {
    id: 'setup',
    to: '/setup',
    keys: 'g s',
    icon: IconSettings,
    permissions: [
      'organizations.write',
      'people.write',
      'queues.write',
      'channels.write',
      'privacy.write',
      'knowledge.write',
      'api_keys.write',
      'security.write',
      'audit.read',
    ],
  },
];

export function placesOf(me: Me): Place[] {
  return PLACES.filter((place) => place.permissions.some((one) => me.permissions.includes(one)));
}
