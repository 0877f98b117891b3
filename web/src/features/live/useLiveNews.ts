/** Fetches the board again when something happened that it shows; at most once a second. */
import { useEffect } from 'react';
import { queryClient } from '@/api/client';
import { realtime, type EventName } from '@/api/realtime';

const PAUSE_MS = 1000;

const NEWS: ReadonlySet<EventName> = new Set<EventName>([
  'conversation_opened',
  'conversation_changed',
  'conversation_assigned',
  'conversation_resolved',
  'conversation_reopened',
  'offer_made',
  'offer_ended',
  'presence_changed',
  'queue_changed',
]);

export function useLiveNews(): void {
  useEffect(() => {
    let timer: number | undefined;
    let last = 0;
    const fetchNow = () => {
      timer = undefined;
      last = Date.now();
      void queryClient.invalidateQueries({ queryKey: ['live'] }, { cancelRefetch: false });
    };
    const off = realtime.on('event', (event) => {
      if (!NEWS.has(event.type) || timer !== undefined) return;
      timer = window.setTimeout(fetchNow, Math.max(0, last + PAUSE_MS - Date.now()));
    });
    return () => {
      off();
      window.clearTimeout(timer);
    };
  }, []);
}
