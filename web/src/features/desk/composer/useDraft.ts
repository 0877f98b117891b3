/** Drafts survive anything: kept in this browser at once, on the server soon after. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { queryClient } from '@/api/client';
import { conversationsApi, draftQuery } from '@/api/conversations';
import { useMe } from '@/api/session';
import type { Attachment } from '@/api/types';
import { hasNothing, type Content, type DraftContent } from '@/features/desk/composer/content';

const LOCAL_MS = 250;
const SERVER_MS = 1500;
const NOTHING: DraftContent = { text: '', html: null, attachments: [] };

interface LocalDraft extends DraftContent {
  at: string;
}

function readLocal(key: string): LocalDraft | null {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? 'null') as LocalDraft | null;
    return found && { ...NOTHING, ...found };
  } catch {
    return null;
  }
}

function writeLocal(key: string, content: DraftContent): void {
  try {
    if (hasNothing(content)) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ ...content, at: new Date().toISOString() }));
  } catch {
    // The server's copy remains.
  }
}

export interface DraftState {
  content: DraftContent;
  /** Changes when the content was set from outside: editors start anew. */
  version: number;
  saved: 'clean' | 'waiting' | 'saved' | 'local';
  edit: (content: Content) => void;
  attach: (file: Attachment) => void;
  detach: (fileId: string) => void;
  replace: (content: DraftContent) => void;
  /** The text is sent: forget it here and on the server. */
  clear: () => void;
  /** Waits for a save that is under way: what comes after it on the server must not come before it. */
  kept: () => Promise<void>;
}

export function useDraft(conversationId: string): DraftState {
  const me = useMe();
  const key = `careloom.draft.${me.person.id}.${conversationId}`;
  const [{ content, version }, setState] = useState(() => ({
    content: readLocal(key) ?? NOTHING,
    version: 0,
  }));
  const [saved, setSaved] = useState<DraftState['saved']>('clean');
  const touched = useRef(false);
  const latest = useRef<DraftContent>(content);
  const saving = useRef<Promise<void>>(Promise.resolve());
  const timers = useRef<{ local?: number; server?: number }>({});
  const { data: remote } = useQuery({ ...draftQuery(conversationId), retry: false });

  useEffect(() => {
    if (!remote || touched.current) return;
    const local = readLocal(key);
    if (local && local.at >= remote.updated_at) return;
    const { text, html, attachments } = remote;
    latest.current = { text, html, attachments };
    setState((now) => ({ content: latest.current, version: now.version + 1 }));
  }, [remote, key]);

  const saveToServer = useCallback(() => {
    window.clearTimeout(timers.current.server);
    delete timers.current.server;
    const content = latest.current;
    const { text, html, attachments } = content;
    const nothing = hasNothing(content);
    const answer = nothing
      ? conversationsApi.dropDraft(conversationId)
      : conversationsApi.saveDraft(conversationId, {
          text,
          html,
          file_ids: attachments.map((one) => one.file_id),
        });
    saving.current = answer.then(
      (draft) => {
        if (latest.current !== content) return;
        queryClient.setQueryData(draftQuery(conversationId).queryKey, draft ?? null);
        setSaved(nothing ? 'clean' : 'saved');
      },
      () => setSaved('local'),
    );
  }, [conversationId]);

  const flush = useCallback(() => {
    if (timers.current.local !== undefined) {
      window.clearTimeout(timers.current.local);
      delete timers.current.local;
      writeLocal(key, latest.current);
    }
    if (timers.current.server !== undefined) saveToServer();
  }, [key, saveToServer]);

  useEffect(() => {
    window.addEventListener('pagehide', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      flush();
    };
  }, [flush]);

  const keep = (next: DraftContent) => {
    touched.current = true;
    latest.current = next;
    setSaved('waiting');
    window.clearTimeout(timers.current.local);
    window.clearTimeout(timers.current.server);
    timers.current.local = window.setTimeout(() => {
      delete timers.current.local;
      writeLocal(key, next);
    }, LOCAL_MS);
    timers.current.server = window.setTimeout(saveToServer, SERVER_MS);
  };
  const set = (next: DraftContent) => {
    keep(next);
    setState((now) => ({ ...now, content: next }));
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
    replace: (next) => {
      keep(next);
      setState((now) => ({ content: next, version: now.version + 1 }));
    },
    clear: () => {
      window.clearTimeout(timers.current.local);
      window.clearTimeout(timers.current.server);
      timers.current = {};
      touched.current = true;
      latest.current = NOTHING;
      writeLocal(key, NOTHING);
      queryClient.setQueryData(draftQuery(conversationId).queryKey, null);
      setSaved('clean');
      setState((now) => ({ content: NOTHING, version: now.version + 1 }));
    },
    kept: () => saving.current,
  };
}
