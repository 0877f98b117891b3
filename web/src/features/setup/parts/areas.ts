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

const readsFirst = (one: string, other: string) =>
  Number(other.endsWith('.read')) - Number(one.endsWith('.read'));

/** `permissions` by area and noun, to read before to change; without areas that have none. */
export function byArea(permissions: readonly string[]): { id: AreaId; permissions: string[] }[] {
  return (Object.keys(AREAS) as AreaId[])
    .map((id) => ({
      id,
      permissions: AREAS[id].flatMap((noun) =>
        permissions.filter((one) => nounOf(one) === noun).sort(readsFirst),
      ),
    }))
    .filter((area) => area.permissions.length > 0);
}
