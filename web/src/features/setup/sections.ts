/** The sections of set-up: what they are called in the address, their icon, and what one must be permitted. */
import {
  IconAddressBook,
  IconApi,
  IconBriefcase,
  IconBuilding,
  IconBuildingSkyscraper,
  IconCertificate,
  IconChecklist,
  IconDatabaseExport,
  IconDatabaseImport,
  IconEyeCheck,
  IconHistory,
  IconId,
  IconLock,
  IconMail,
  IconMailbox,
  IconMailOff,
  IconMessageCircle,
  IconMessageCode,
  IconNetwork,
  IconParking,
  IconRefreshDot,
  IconRestore,
  IconUsers,
  IconSignature,
  IconShieldLock,
  IconStack2,
  IconUserCog,
  IconUserShield,
  IconUsersGroup,
  IconWorld,
  type Icon,
} from '@tabler/icons-react';

export interface SectionEntry {
  id: SectionId;
  icon: Icon;
  /** All of these are needed. */
  permissions: readonly string[];
  /** Whether new items can be made here. */
  makes: boolean;
}

export type SectionId =
  | 'clients'
  | 'programs'
  | 'attributes'
  | 'privacy'
  | 'imports'
  | 'exports'
  | 'restores'
  | 'queues'
  | 'skills'
  | 'email'
  | 'mailboxes'
  | 'signing'
  | 'suppression'
  | 'chat'
  | 'macros'
  | 'dispositions'
  | 'people'
  | 'roles'
  | 'access'
  | 'teams'
  | 'sites'
  | 'providers'
  | 'api-keys'
  | 'sign-in'
  | 'identity-providers'
  | 'provisioning'
  | 'directory-groups'
  | 'networks'
  | 'audit'
  | 'parked-events';

export type GroupId = 'brands' | 'routing' | 'channels' | 'answers' | 'organization' | 'system';

const entry = (
  id: SectionId,
  icon: Icon,
  permissions: readonly string[],
  makes = true,
): SectionEntry => ({
  id,
  icon,
  permissions,
  makes,
});

export interface Group {
  id: GroupId;
  sections: readonly SectionEntry[];
}

export const GROUPS: readonly Group[] = [
  {
    id: 'brands',
    sections: [
      entry('clients', IconBriefcase, ['organizations.write']),
      entry('programs', IconWorld, ['organizations.write']),
      entry('attributes', IconAddressBook, ['organizations.write'], false),
      entry('privacy', IconShieldLock, ['privacy.write'], false),
      entry('imports', IconDatabaseImport, ['data.import']),
      entry('exports', IconDatabaseExport, ['data.export']),
      entry('restores', IconRestore, ['data.restore']),
    ],
  },
  {
    id: 'routing',
    sections: [
      entry('queues', IconStack2, ['queues.write']),
      entry('skills', IconCertificate, ['queues.write']),
    ],
  },
  {
    id: 'channels',
    sections: [
      entry('email', IconMail, ['channels.write']),
      entry('mailboxes', IconMailbox, ['channels.write']),
      entry('signing', IconSignature, ['channels.write']),
      entry('suppression', IconMailOff, ['channels.write']),
      entry('chat', IconMessageCircle, ['channels.write']),
    ],
  },
  {
    id: 'answers',
    sections: [
      entry('macros', IconMessageCode, ['knowledge.write']),
      entry('dispositions', IconChecklist, ['knowledge.write']),
    ],
  },
  {
    id: 'organization',
    sections: [
      entry('people', IconUserCog, ['people.write']),
      entry('roles', IconUserShield, ['roles.write']),
      entry('access', IconEyeCheck, ['audit.read', 'people.read'], false),
      entry('teams', IconUsersGroup, ['organizations.write']),
      entry('sites', IconBuilding, ['organizations.write']),
      entry('providers', IconBuildingSkyscraper, ['organizations.write']),
    ],
  },
  {
    id: 'system',
    sections: [
      entry('api-keys', IconApi, ['api_keys.write']),
      entry('sign-in', IconLock, ['security.write']),
      entry('identity-providers', IconId, ['security.write']),
      entry('provisioning', IconRefreshDot, ['security.write']),
      entry('directory-groups', IconUsers, ['security.write'], false),
      entry('networks', IconNetwork, ['security.write'], false),
      entry('audit', IconHistory, ['audit.read'], false),
      entry('parked-events', IconParking, ['events.repair'], false),
    ],
  },
];

/** The sections that whoever holds `held` may open; groups of which none is left are left out. */
export function groupsFor(held: readonly string[]): Group[] {
  return GROUPS.map((group) => ({
    ...group,
    sections: group.sections.filter((one) => one.permissions.every((each) => held.includes(each))),
  })).filter((group) => group.sections.length > 0);
}

export const sectionsFor = (held: readonly string[]): SectionEntry[] =>
  groupsFor(held).flatMap((group) => group.sections);
