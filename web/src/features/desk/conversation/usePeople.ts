/** Who types and who looks at a conversation now. */
import { useEffect, useState } from 'react';
import { realtime, type Viewer } from '@/api/realtime';
import { useMe } from '@/api/session';

const TYPING_MS = 6000;

/** The customer's name while the customer types, else null. */
export function useTyping(conversationId: string): string | null {
  const [name, setName] = useState<string | null>(null);
  useEffect(() => {
    let timer: number | undefined;
    const off = realtime.on('typing', (data) => {
      if (data.conversation_id !== conversationId || data.who !== 'customer') return;
      window.clearTimeout(timer);
      setName(data.typing ? data.name : null);
      if (data.typing) timer = window.setTimeout(() => setName(null), TYPING_MS);
    });
    return () => {
      off();
      window.clearTimeout(timer);
    };
  }, [conversationId]);
  return name;
}

/** Colleagues who have the conversation open, and says to them that we have. */
export function useViewers(conversationId: string): Viewer[] {
  const me = useMe();
  const [viewers, setViewers] = useState<Viewer[]>([]);
  useEffect(() => {
    realtime.view(conversationId);
    const off = realtime.on('viewers', (data) => {
      if (data.conversation_id === conversationId) setViewers(data.viewers);
    });
    const offTyping = realtime.on('typing', (data) => {
      if (data.conversation_id !== conversationId || data.who !== 'agent') return;
      setViewers((now) =>
        now.map((one) => (one.name === data.name ? { ...one, typing: data.typing } : one)),
      );
    });
    return () => {
      off();
      offTyping();
      realtime.view(null);
    };
  }, [conversationId]);
  return viewers.filter((one) => one.person_id !== me.person.id);
}
