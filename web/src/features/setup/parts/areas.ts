/** The areas under which permissions stand, by the nouns of their names. */
export const AREAS = {
  people: ['organizations', 'people', 'roles'],
  customers: ['customers'],
  contacts: ['conversations', 'messages'],
  routing: ['queues', 'presence', 'live'],
  answers: ['knowledge', 'channels'],
  compliance: ['compliance', 'privacy', 'data'],
  security: ['security', 'api_keys', 'glass', 'audit', 'events'],
} as const;

export type AreaId = keyof typeof AREAS;

const nounOf = (permission: string) => permission.split('.')[0] ?? '';

/** `permissions` by area, in the areas' order; without areas that have none. */
export function byArea(permissions: readonly string[]): { id: AreaId; permissions: string[] }[] {
  return (Object.keys(AREAS) as AreaId[])
    .map((id) => {
      const nouns: readonly string[] = AREAS[id];
      return { id, permissions: permissions.filter((one) => nouns.includes(nounOf(one))) };
    })
    .filter((area) => area.permissions.length > 0);
}
