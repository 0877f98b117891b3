/** Where the agent speaks: says on which channel, from which address and in whose voice. */
import { ActionIcon, Button } from '@mantine/core';
import {
  IconBolt,
  IconLock,
  IconPaperclip,
  IconPencil,
  IconSend,
  IconX,
} from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useRef, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { conversationsApi } from '@/api/conversations';
import { newKey } from '@/api/http';
import { mailAddressesQuery } from '@/api/organizations';
import { realtime, type Viewer } from '@/api/realtime';
import { assignableQuery } from '@/api/routing';
import { useClientBadge } from '@/api/session';
import { catchUp, putMessages } from '@/api/sync';
import { queryClient } from '@/api/client';
import type { Conversation, PendingReply } from '@/api/types';
import { useActions } from '@/components/actions';
import { BrandMark } from '@/components/Brand';
import { ChannelIcon } from '@/components/ChannelIcon';
import { errorText, toastError } from '@/components/errors';
import { useFormat } from '@/components/format';
import { Keys } from '@/components/Keys';
import { displayName } from '@/components/names';
import { showToast } from '@/components/toasts';
import {
  EMPTY,
  isEmpty,
  textToHtml,
  type Content,
  type EditorHandle,
} from '@/features/desk/composer/content';
import { MacroPicker } from '@/features/desk/composer/MacroPicker';
import { mentionsIn, NoteEditor } from '@/features/desk/composer/NoteEditor';
import { setPending, usePending } from '@/features/desk/composer/pending';
import { PlainEditor } from '@/features/desk/composer/PlainEditor';
import { UndoBar } from '@/features/desk/composer/UndoBar';
import { useDraft } from '@/features/desk/composer/useDraft';
import { useUploads, type Upload } from '@/features/desk/composer/useUploads';
import { openVariables } from '@/features/desk/composer/variables';
import classes from './Composer.module.css';

const RichEditor = lazy(() =>
  import('@/features/desk/composer/RichEditor').then((module) => ({ default: module.RichEditor })),
);

type Mode = 'reply' | 'note';

const TYPING_MS = 3000;

/** Tells others that we type: at once, then every few seconds, and when we stop. */
function useTypingSignal(conversationId: string): (typing: boolean) => void {
  const state = useRef<{ last: number; stop: number | undefined }>({ last: 0, stop: undefined });
  const signal = useCallback(
    (typing: boolean) => {
      const now = Date.now();
      window.clearTimeout(state.current.stop);
      if (!typing) {
        if (state.current.last > 0) realtime.typing(conversationId, false);
        state.current.last = 0;
        return;
      }
      if (now - state.current.last > TYPING_MS) {
        state.current.last = now;
        realtime.typing(conversationId, true);
      }
      state.current.stop = window.setTimeout(() => {
        state.current.last = 0;
        realtime.typing(conversationId, false);
      }, TYPING_MS + 1000);
    },
    [conversationId],
  );
  useEffect(() => () => signal(false), [signal]);
  return signal;
}

export function Composer({
  row,
  viewers,
  onReopen,
}: {
  row: Conversation;
  viewers: readonly Viewer[];
  onReopen: () => void;
}) {
  const { t } = useTranslation();
  const [mode, setMode] = useState<Mode>('reply');
  const draft = useDraft(row.id);
  const [note, setNote] = useState<Content & { version: number }>({ ...EMPTY, version: 0 });
  const [picking, setPicking] = useState<'none' | 'button' | 'slash'>('none');
  const [dropping, setDropping] = useState(false);
  const uploads = useUploads(row.client_id);
  const pending = usePending(row.id);
  const handle = useRef<EditorHandle | null>(null);
  const wantsFocus = useRef(false);
  const fileInput = useRef<HTMLInputElement>(null);
  const idempotencyKey = useRef(newKey());
  const signalTyping = useTypingSignal(row.id);

  const onHandle = useCallback((next: EditorHandle | null) => {
    handle.current = next;
    if (next && wantsFocus.current) {
      wantsFocus.current = false;
      next.focus();
    }
  }, []);
  const focusEditor = () => {
    if (handle.current) handle.current.focus();
    else wantsFocus.current = true;
  };
  const openMode = (next: Mode) => {
    if (next !== mode) {
      wantsFocus.current = true;
      setMode(next);
    } else {
      focusEditor();
    }
  };

  const reply = useMutation({
    mutationFn: ({ content, files }: { content: Content; files: readonly Upload[] }) =>
      conversationsApi.reply(
        row.id,
        {
          text: content.text.trim(),
          ...(content.html && { html: content.html }),
          file_ids: files.flatMap((one) => one.attachment?.file_id ?? []),
        },
        idempotencyKey.current,
      ),
    onSuccess: ({ message, pending: waiting }) => {
      idempotencyKey.current = newKey();
      if (message) putMessages(row.id, [message]);
      else catchUp(row.id);
      setPending(row.id, waiting);
    },
    onError: (error, { content, files }) => {
      draft.replace(content);
      uploads.restore(files);
      showToast({ tone: 'bad', text: t('composer.notSent'), detail: errorText(error) }, 10);
    },
  });
  const sendReply = () => {
    const { content } = draft;
    if ((isEmpty(content) && uploads.files.length === 0) || uploads.busy || reply.isPending) return;
    const open = openVariables(content.text);
    if (open.length > 0) {
      showToast({ tone: 'bad', text: t('composer.openVariables', { names: open.join(', ') }) }, 8);
      return;
    }
    reply.mutate({ content, files: uploads.files });
    draft.clear();
    uploads.clear();
    signalTyping(false);
    wantsFocus.current = true;
  };
  const addNote = useMutation({
    mutationFn: (content: Content) => {
      const people = queryClient.getQueryData(assignableQuery(row.id).queryKey)?.items ?? [];
      return conversationsApi.note(row.id, {
        text: content.text.trim(),
        mentions: mentionsIn(content.text, people),
      });
    },
    onSuccess: (message) => {
      putMessages(row.id, [message]);
      setNote((now) => ({ ...EMPTY, version: now.version + 1 }));
      setMode('reply');
    },
    onError: toastError,
  });
  const sendNote = () => {
    if (!isEmpty(note) && !addNote.isPending) addNote.mutate(note);
  };

  const group = t('group.composer');
  const resolved = row.status === 'resolved';
  useActions([
    ...(resolved
      ? []
      : [
          {
            id: 'composer.reply',
            name: t('composer.reply'),
            group,
            keys: 'r',
            run: () => openMode('reply'),
          },
          {
            id: 'composer.macro',
            name: t('macro.open'),
            group,
            keys: '/',
            run: () => setPicking('button'),
          },
          {
            id: 'composer.send',
            name: mode === 'note' ? t('composer.addNote') : t('composer.send'),
            group,
            keys: 'mod+enter',
            run: mode === 'note' ? sendNote : sendReply,
          },
        ]),
    {
      id: 'composer.note',
      name: t('composer.note'),
      group,
      keys: 'n',
      run: () => openMode('note'),
    },
  ]);

  const chooseMacro = (text: string) => {
    const whole = isEmpty(draft.content);
    setPicking('none');
    if (whole && row.channel === 'email') {
      wantsFocus.current = true;
      draft.replace({ text, html: textToHtml(text) });
    } else {
      handle.current?.insert(text);
      focusEditor();
    }
  };
  const cancelMacro = () => {
    if (picking === 'slash') handle.current?.insert('/');
    setPicking('none');
    focusEditor();
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setDropping(false);
    if (mode === 'reply' && event.dataTransfer.files.length > 0)
      uploads.add([...event.dataTransfer.files]);
  };
  const recalled = (back: PendingReply) => {
    wantsFocus.current = true;
    setMode('reply');
    draft.replace({ text: back.text, html: back.html });
  };
  const writing = viewers.filter((one) => one.typing);
  const editorProps = {
    initial: draft.content,
    label: t('composer.reply'),
    placeholder: t('composer.placeholder', { name: displayName(row.customer_name) }),
    onChange: (content: Content) => {
      draft.edit(content);
      signalTyping(!isEmpty(content));
    },
    onSubmit: sendReply,
    onSlash: () => setPicking('slash'),
    onFiles: uploads.add,
    onEscape: () => undefined,
    onHandle,
  };
  if (resolved && mode === 'reply') {
    return (
      <div className={classes.resolved}>
        <span>{t('composer.resolved')}</span>
        <Button variant="default" onClick={onReopen}>
          {t('deed.reopen')}
        </Button>
      </div>
    );
  }
  return (
    <section
      className={classes.composer}
      data-mode={mode}
      data-dropping={dropping}
      aria-label={t('group.composer')}
      onDragOver={(event) => {
        event.preventDefault();
        setDropping(mode === 'reply');
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={onDrop}
    >
      {pending && <UndoBar pending={pending} onRecalled={recalled} />}
      {writing.length > 0 && (
        <p className={classes.warning} role="status">
          <IconPencil size={14} aria-hidden />
          {t('composer.alsoWriting', { names: writing.map((one) => one.name).join(', ') })}
        </p>
      )}
      <div className={classes.head}>
        <div role="tablist" aria-label={t('group.composer')} className={classes.tabs}>
          {(['reply', 'note'] as const).map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={mode === one}
              className={classes.tab}
              onClick={() => openMode(one)}
            >
              {one === 'note' && <IconLock size={12} aria-hidden />}
              {t(one === 'reply' ? 'composer.replyTab' : 'composer.noteTab')}
            </button>
          ))}
        </div>
        {mode === 'reply' ? (
          <Voice row={row} />
        ) : (
          <span className={classes.voice}>{t('composer.noteHint')}</span>
        )}
      </div>
      {picking !== 'none' && (
        <MacroPicker row={row} onChoose={chooseMacro} onCancel={cancelMacro} />
      )}
      {mode === 'note' ? (
        <NoteEditor
          key={`note-${note.version}`}
          row={row}
          initial={note}
          onChange={(content) => setNote((now) => ({ ...content, version: now.version }))}
          onSubmit={sendNote}
          onEscape={() => undefined}
          onHandle={onHandle}
        />
      ) : row.channel === 'email' ? (
        <Suspense fallback={<div className={classes.editorShape} />}>
          <RichEditor key={`rich-${draft.version}`} {...editorProps} />
        </Suspense>
      ) : (
        <PlainEditor key={`plain-${draft.version}`} {...editorProps} />
      )}
      {mode === 'reply' && <UploadList files={uploads.files} onRemove={uploads.remove} />}
      <footer className={classes.foot}>
        {mode === 'reply' && (
          <>
            <input
              ref={fileInput}
              type="file"
              multiple
              hidden
              onChange={(event) => {
                uploads.add([...(event.currentTarget.files ?? [])]);
                event.currentTarget.value = '';
              }}
            />
            <ActionIcon
              onClick={() => fileInput.current?.click()}
              aria-label={t('composer.attach')}
              title={t('composer.attach')}
            >
              <IconPaperclip size={18} stroke={1.6} />
            </ActionIcon>
            <ActionIcon
              onClick={() => setPicking(picking === 'none' ? 'button' : 'none')}
              aria-label={t('macro.open')}
              title={`${t('macro.open')} (/)`}
            >
              <IconBolt size={18} stroke={1.6} />
            </ActionIcon>
            <span className={classes.saved} role="status">
              {draft.saved === 'saved' && t('composer.draftSaved')}
              {draft.saved === 'local' && t('composer.draftLocal')}
            </span>
          </>
        )}
        <div className={classes.space} />
        {mode === 'reply' ? (
          <Button
            leftSection={<IconSend size={16} />}
            rightSection={<Keys keys="mod+enter" />}
            loading={reply.isPending}
            disabled={(isEmpty(draft.content) && uploads.files.length === 0) || uploads.busy}
            onClick={sendReply}
          >
            {t('composer.send')}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconLock size={14} />}
            rightSection={<Keys keys="mod+enter" />}
            loading={addNote.isPending}
            disabled={isEmpty(note)}
            onClick={sendNote}
          >
            {t('composer.addNote')}
          </Button>
        )}
      </footer>
    </section>
  );
}

/** On which channel, from which address, in whose voice. */
function Voice({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const badge = useClientBadge(row.client_id);
  const isMail = row.channel === 'email';
  const { data } = useQuery({
    ...mailAddressesQuery(row.client_id),
    enabled: isMail,
    retry: false,
  });
  const addresses = data?.items.filter((one) => one.active) ?? [];
  const address =
    addresses.find((one) => one.program_id === row.program_id && one.queue_id === row.queue_id) ??
    addresses.find((one) => one.program_id === row.program_id);
  const values = {
    channel: t(`channel.${row.channel}`),
    brand: badge.name,
    address: address?.address ?? '',
  };
  return (
    <span className={classes.voice} title={address?.signature}>
      <ChannelIcon channel={row.channel} size={14} />
      <span>{address ? t('composer.voiceFrom', values) : t('composer.voice', values)}</span>
      <BrandMark color={badge.color} name={badge.name} />
    </span>
  );
}

function UploadList({
  files,
  onRemove,
}: {
  files: readonly Upload[];
  onRemove: (key: string) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  if (files.length === 0) return null;
  return (
    <ul className={classes.uploads} aria-label={t('thread.files')}>
      {files.map((file) => (
        <li key={file.key} aria-busy={file.attachment === null}>
          <span className={classes.uploadName}>{file.name}</span>
          <span className={classes.saved}>
            {file.attachment ? format.bytes(file.size) : t('composer.uploading')}
          </span>
          <button
            type="button"
            aria-label={t('composer.removeFile', { name: file.name })}
            onClick={() => onRemove(file.key)}
          >
            <IconX size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}
