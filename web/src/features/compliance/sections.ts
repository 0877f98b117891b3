/** The sections of compliance, in the order of their tabs. */
export const SECTIONS = [
  'deadlines',
  'requests',
  'retention',
  'incidents',
  'break-glass',
  'residency',
  'keys',
] as const;

export type SectionId = (typeof SECTIONS)[number];
