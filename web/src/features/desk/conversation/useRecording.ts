/** Whether the contact must not be recorded now, and the deeds that change it. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { conversationsApi, recordingPauseQuery } from '@/api/conversations';
import { catchUp } from '@/api/sync';
import type { Conversation, PauseReason, RecordingPause } from '@/api/types';
import { useActions } from '@/components/actions';
import { toastError } from '@/components/errors';

/** The commonest first: its key needs no choice. */
export const PAUSE_REASONS: readonly PauseReason[] = [
  'payment',
  'identity',
  'health',
  'asked',
  'other',
];
export const RECORDING_KEYS = 'alt+p';

export interface Recording {
  /** The stretch that lasts; null: it may be recorded. */
  pause: RecordingPause | null;
  /** Undefined: the person may not, or there is nothing that could be recorded. */
  begin: ((reason: PauseReason) => void) | undefined;
  end: (() => void) | undefined;
  busy: boolean;
}

/** For calls and chats, which are what can be recorded as they go. */
export function useRecording(row: Conversation, may: boolean): Recording {
  const { t } = useTranslation();
  const live = (row.channel === 'voice' || row.channel === 'chat') && row.status !== 'resolved';
  const query = useQuery({ ...recordingPauseQuery(row.id), enabled: live });
  const deed = useMutation({
    mutationFn: (run: () => Promise<RecordingPause>) => run(),
    onSuccess: (changed) => {
      queryClient.setQueryData(
        recordingPauseQuery(row.id).queryKey,
        changed.ended_at === null ? changed : null,
      );
      catchUp(row.id);
    },
    onError: (error) => {
      void query.refetch();
      toastError(error);
    },
  });
  const pause = (live && query.data) || null;
  const talking = ['with_agent', 'on_hold', 'waiting_customer'].includes(row.phase);
  const begins = may && live && talking && query.isSuccess && !pause;
  const begin = (reason: PauseReason) =>
    deed.mutate(() => conversationsApi.pauseRecording(row.id, reason));
  const end = () => deed.mutate(() => conversationsApi.resumeRecording(row.id));
  const group = t('group.conversation');
  const begun = PAUSE_REASONS.map((reason, index) => ({
    id: `recording.${reason}`,
    name: t('recording.pauseFor', { reason: t(`recording.reason.${reason}`) }),
    group,
    ...(index === 0 && { keys: RECORDING_KEYS, whileTyping: true }),
    run: () => begin(reason),
  }));
  const ended = {
    id: 'recording.end',
    name: t('recording.resume'),
    group,
    keys: RECORDING_KEYS,
    whileTyping: true,
    run: end,
  };
  useActions(begins ? begun : may && pause ? [ended] : []);
  return {
    pause,
    begin: begins ? begin : undefined,
    end: may && pause ? end : undefined,
    busy: deed.isPending,
  };
}
