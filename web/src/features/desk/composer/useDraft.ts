/** Drafts survive anything: kept in this browser at once, on the server soon after. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { queryClient } from '@/api/client';
import { conversationsApi, draftQuery } from '@/api/conversations';
import { useMe } from '@/api/session';
import type { Attachment, Draft } from '@/api/types';
import {
  hasNothing,
  joined,
  type Content,
  type DraftContent,
} from '@/features/desk/composer/content';
import {
  begin,
  draftKey,
  NOTHING,
  readLocal,
  repliesOf,
  saveDraft,
  saved as savedBefore,
  writeLocal,
} from '@/features/desk/composer/keeping';
import type { Field } from '@/features/desk/composer/replies';
import { isOnItsWay, met, same } from '@/features/desk/composer/stored';

const LOCAL_MS = 250;
const SERVER_MS = 1500;

export interface DraftState extends Field {
  content: DraftContent;
  /** Changes when the content was set from outside: editors start anew. */
  version: number;
  saved: 'clean' | 'waiting' | 'saved' | 'local';
  edit: (content: Content) => void;
  attach: (file: Attachment) => void;
  detach: (fileId: string) => void;
  replace: (content: DraftContent) => void;
  /** The text is being sent: forget it here and on the server. */
  clear: () => void;
}

/** `onJoined` hears that what was typed at once now stands below what the server had kept. */
export function useDraft(conversationId: string, onJoined: () => void): DraftState {
  const me = useMe();
  const key = draftKey(me.person.id, conversationId);
  const [letters] = useState(() => repliesOf(me.person.id, conversationId));
  const [began] = useState(() => readLocal(key));
  const [{ content, version }, setState] = useState({ content: began ?? NOTHING, version: 0 });
  const [saved, setSaved] = useState<DraftState['saved']>('clean');
  const touched = useRef(false);
  const latest = useRef<DraftContent>(content);
  const reading = useRef<Promise<void> | null>(null);
  const known = useRef(false);
  const mounted = useRef(false);
  const timers = useRef<{ local?: number; server?: number }>({});
  const tellJoined = useRef(onJoined);
  useEffect(() => {
    tellJoined.current = onJoined;
  });
  const { data: remote } = useQuery({
    ...draftQuery(conversationId),
    retry: false,
    refetchOnMount: 'always',
  });

  const keepHere = useCallback(
    () => writeLocal(key, latest.current, new Date().toISOString(), !known.current),
    [key],
  );
  const show = useCallback((next: DraftContent) => {
    latest.current = next;
    setState((now) => ({ content: next, version: now.version + 1 }));
  }, []);

  /** Reads what the server keeps, once; tried again where that failed. */
  const read = useCallback((): Promise<void> => {
    const meet = (stored: Draft | null) => {
      if (!mounted.current) return;
      known.current = true;
      const draft = stored && isOnItsWay(stored, letters.read()) ? null : stored;
      const typed = touched.current ? latest.current : null;
      const next = met(draft, began, typed);
      if (next) show(next);
      if (!typed && !began?.apart) return;
      keepHere();
      if (!next) return;
      setSaved('local');
      if (!hasNothing(typed ?? NOTHING)) tellJoined.current();
    };
    reading.current ??= queryClient
      .fetchQuery({ ...draftQuery(conversationId), staleTime: 0, retry: false })
      .then(meet, (error: unknown) => {
        reading.current = null;
        throw error;
      });
    return reading.current;
  }, [conversationId, letters, began, keepHere, show]);

  useEffect(() => {
    read().catch(() => undefined);
  }, [read]);

  useEffect(() => {
    if (!known.current || !remote || touched.current) return;
    if (isOnItsWay(remote, letters.read())) return;
    const next = met(remote, readLocal(key), null);
    if (next && !same(next, latest.current)) show(next);
  }, [remote, key, letters, show]);

  const saveToServer = useCallback(() => {
    window.clearTimeout(timers.current.server);
    delete timers.current.server;
    const save = async () => {
      await read();
      // Whoever left before it was known what the server keeps finds both beside each other on coming back.
      if (!known.current) return;
      const content = latest.current;
      const nothing = hasNothing(content);
      const draft = nothing
        ? await conversationsApi.dropDraft(conversationId).then(() => null)
        : await saveDraft(conversationId, content);
      if (latest.current !== content || !mounted.current) return;
      queryClient.setQueryData(draftQuery(conversationId).queryKey, draft);
      if (draft) writeLocal(key, draft, draft.updated_at, false);
      setSaved(nothing ? 'clean' : 'saved');
    };
    begin(
      key,
      save().catch(() => setSaved('local')),
    );
  }, [conversationId, key, read]);

  const flush = useCallback(() => {
    if (timers.current.local !== undefined) {
      window.clearTimeout(timers.current.local);
      delete timers.current.local;
      keepHere();
    }
    if (timers.current.server !== undefined) saveToServer();
  }, [keepHere, saveToServer]);

  useLayoutEffect(() => {
    mounted.current = true;
    window.addEventListener('pagehide', flush);
    return () => {
      mounted.current = false;
      window.removeEventListener('pagehide', flush);
      flush();
    };
  }, [flush]);

  const keep = (next: DraftContent) => {
    if (!mounted.current) return;
    touched.current = true;
    latest.current = next;
    setSaved('waiting');
    window.clearTimeout(timers.current.local);
    window.clearTimeout(timers.current.server);
    timers.current.local = window.setTimeout(() => {
      delete timers.current.local;
      keepHere();
    }, LOCAL_MS);
    timers.current.server = window.setTimeout(saveToServer, SERVER_MS);
  };
  const set = (next: DraftContent) => {
    keep(next);
    setState((now) => ({ ...now, content: next }));
  };
  const replace = (next: DraftContent) => {
    keep(next);
    setState((now) => ({ content: next, version: now.version + 1 }));
  };
  return {
    content,
    version,
    saved,
    edit: (next) => set({ ...next, attachments: latest.current.attachments }),
    attach: (file) =>
      set({ ...latest.current, attachments: [...latest.current.attachments, file] }),
    detach: (fileId) =>
      set({
        ...latest.current,
        attachments: latest.current.attachments.filter((one) => one.file_id !== fileId),
      }),
    replace,
    giveBack: (back) => replace(joined(back, latest.current)),
    sent: () => {
      queryClient.setQueryData(draftQuery(conversationId).queryKey, null);
      if (!hasNothing(latest.current)) keep(latest.current);
    },
    clear: () => {
      window.clearTimeout(timers.current.local);
      window.clearTimeout(timers.current.server);
      timers.current = {};
      touched.current = true;
      latest.current = NOTHING;
      keepHere();
      queryClient.setQueryData(draftQuery(conversationId).queryKey, null);
      setSaved('clean');
      setState((now) => ({ content: NOTHING, version: now.version + 1 }));
    },
    kept: async () => {
      await read().catch(() => undefined);
      await savedBefore(key);
    },
  };
}
