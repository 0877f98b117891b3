/** Where the agent speaks: says on which channel, from which address and in whose voice. */
import { ActionIcon, Button, Loader } from '@mantine/core';
import { IconBolt, IconLock, IconPaperclip, IconPencil, IconSend } from '@tabler/icons-react';
import {
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
  type DragEvent,
} from 'react';
import { useTranslation } from 'react-i18next';
import { realtime, type Viewer } from '@/api/realtime';
import type { Conversation, PendingReply } from '@/api/types';
import { useActions } from '@/components/actions';
import { Keys } from '@/components/Keys';
import { displayName } from '@/components/names';
import { showToast } from '@/components/toasts';
import {
  hasNothing,
  isEmpty,
  joined,
  textToHtml,
  type Content,
  type Mode,
} from '@/features/desk/composer/content';
import { FileList } from '@/features/desk/composer/FileList';
import { MacroPicker } from '@/features/desk/composer/MacroPicker';
import { modeAction } from '@/features/desk/composer/modes';
import { NoteForm } from '@/features/desk/composer/NoteForm';
import { usePending } from '@/features/desk/composer/pending';
import { PlainEditor } from '@/features/desk/composer/PlainEditor';
import { Reach } from '@/features/desk/composer/Reach';
import { UndoBar } from '@/features/desk/composer/UndoBar';
import { useDraft } from '@/features/desk/composer/useDraft';
import { useEditorFocus } from '@/features/desk/composer/useEditorFocus';
import type { NoteState } from '@/features/desk/composer/useNote';
import { useReplies } from '@/features/desk/composer/useReplies';
import { useUploads } from '@/features/desk/composer/useUploads';
import { openVariables } from '@/features/desk/composer/variables';
import { Voice } from '@/features/desk/composer/Voice';
import classes from './Composer.module.css';

const RichEditor = lazy(() =>
  import('@/features/desk/composer/RichEditor').then((module) => ({ default: module.RichEditor })),
);

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

export interface ComposerProps {
  row: Conversation;
  note: NoteState;
  viewers: readonly Viewer[];
  onReopen: () => void;
}

/** `wanted`: what somebody asked for before this was there. */
export function Composer({
  row,
  note,
  viewers,
  wanted,
  onReopen,
}: ComposerProps & { wanted: Mode | null }) {
  const { t } = useTranslation();
  const [mode, setMode] = useState<Mode>(wanted ?? 'reply');
  const { section, handle, wantsFocus, onHandle } = useEditorFocus(wanted !== null);
  const draft = useDraft(row.id, () => showToast({ text: t('composer.draftJoined') }));
  const sendNote = () => {
    if (note.send()) setMode('reply');
  };
  const [picking, setPicking] = useState<'none' | 'button' | 'slash'>('none');
  const [dropping, setDropping] = useState(false);
  const [sendsLater, setSendsLater] = useState(false);
  const uploads = useUploads(row.client_id, draft.attach, () => setSendsLater(false));
  const pending = usePending(row.id);
  const fileInput = useRef<HTMLInputElement>(null);
  const signalTyping = useTypingSignal(row.id);

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

  /** The field of the macros has the focus then, even where an editor comes late that was to have it. */
  const pick = (how: 'button' | 'slash') => {
    wantsFocus.current = false;
    setPicking(how);
  };

  const replies = useReplies(row.id, draft);
  const sendReply = () => {
    const { content } = draft;
    const uploading = uploads.waiting.length > 0;
    if (hasNothing(content) && !uploading) return;
    const open = openVariables(content.text);
    if (open.length > 0) {
      showToast({ tone: 'bad', text: t('composer.openVariables', { names: open.join(', ') }) }, 8);
      return;
    }
    if (uploading) {
      setSendsLater(true);
      return;
    }
    replies.send(content);
    draft.clear();
    signalTyping(false);
    wantsFocus.current = true;
  };

  const sendNow = useEffectEvent(() => {
    if (sendsLater) sendReply();
    setSendsLater(false);
  });
  useEffect(() => {
    if (uploads.waiting.length === 0) sendNow();
  }, [uploads.waiting.length]);

  const group = t('group.composer');
  const resolved = row.status === 'resolved';
  useActions([
    ...(resolved
      ? []
      : [
          modeAction(t, 'reply', () => openMode('reply')),
          {
            id: 'composer.macro',
            name: t('macro.open'),
            group,
            keys: '/',
            run: () => pick('button'),
          },
          {
            id: 'composer.send',
            name: mode === 'note' ? t('composer.addNote') : t('composer.send'),
            group,
            keys: 'mod+enter',
            run: mode === 'note' ? sendNote : sendReply,
          },
        ]),
    modeAction(t, 'note', () => openMode('note')),
  ]);

  const chooseMacro = (text: string) => {
    const whole = isEmpty(draft.content);
    setPicking('none');
    if (whole && row.channel === 'email') {
      wantsFocus.current = true;
      draft.replace({ ...draft.content, text, html: textToHtml(text) });
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
    draft.replace(joined(back, draft.content));
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
    onSlash: () => pick('slash'),
    onFiles: uploads.add,
    onHandle,
  };
  if (resolved && mode === 'reply') {
    return (
      <>
        {pending && <UndoBar pending={pending} onRecalled={recalled} />}
        <div className={classes.resolved}>
          <span>{t('composer.resolved')}</span>
          <Button variant="default" onClick={onReopen}>
            {t('deed.reopen')}
          </Button>
        </div>
      </>
    );
  }
  return (
    <section
      ref={section}
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
      {mode === 'reply' && <Reach row={row} />}
      {picking !== 'none' && (
        <MacroPicker row={row} onChoose={chooseMacro} onCancel={cancelMacro} />
      )}
      {mode === 'note' ? (
        <NoteForm row={row} note={note} onSubmit={sendNote} onHandle={onHandle} />
      ) : row.channel === 'email' ? (
        <Suspense
          fallback={
            <div className={classes.editorShape}>
              {draft.content.html === null && (
                <PlainEditor key={`plain-${draft.version}`} {...editorProps} />
              )}
            </div>
          }
        >
          <RichEditor key={`rich-${draft.version}`} {...editorProps} />
        </Suspense>
      ) : (
        <PlainEditor key={`plain-${draft.version}`} {...editorProps} />
      )}
      {mode === 'reply' && (
        <>
          <FileList
            files={draft.content.attachments}
            waiting={uploads.waiting}
            onRemove={draft.detach}
            onCancel={uploads.cancel}
          />
          <footer className={classes.foot}>
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
              onClick={() => (picking === 'none' ? pick('button') : setPicking('none'))}
              aria-label={t('macro.open')}
              title={`${t('macro.open')} (/)`}
            >
              <IconBolt size={18} stroke={1.6} />
            </ActionIcon>
            <span className={classes.saved} role="status">
              {sendsLater && t('composer.sendsLater')}
              {!sendsLater && replies.slow && t('composer.sendsNow')}
              {!sendsLater && !replies.slow && draft.saved === 'saved' && t('composer.draftSaved')}
              {!sendsLater && !replies.slow && draft.saved === 'local' && t('composer.draftLocal')}
            </span>
            <div className={classes.space} />
            {sendsLater ? (
              <Button
                variant="default"
                leftSection={<Loader size={14} aria-hidden />}
                onClick={() => setSendsLater(false)}
              >
                {t('composer.holdBack')}
              </Button>
            ) : (
              <Button
                leftSection={<IconSend size={16} />}
                rightSection={<Keys keys="mod+enter" />}
                disabled={hasNothing(draft.content) && uploads.waiting.length === 0}
                onClick={sendReply}
              >
                {t('composer.send')}
              </Button>
            )}
          </footer>
        </>
      )}
    </section>
  );
}
