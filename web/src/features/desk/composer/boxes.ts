/** What belongs to one person and one conversation, whether or not it is on the screen; forgotten with the session. */
import { whenForgotten } from '@/api/session';

/** Gives the box of a person and a conversation, which is made where there is none yet. */
export function boxes<Box extends { close: () => void }>(
  make: (personId: string, conversationId: string) => Box,
): (personId: string, conversationId: string) => Box {
  const all = new Map<string, Box>();
  whenForgotten(() => {
    for (const box of all.values()) box.close();
    all.clear();
  });
  return (personId, conversationId) => {
    const name = `${personId}.${conversationId}`;
    const box = all.get(name) ?? make(personId, conversationId);
    all.set(name, box);
    return box;
  };
}
