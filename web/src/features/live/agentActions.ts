/** What a lead does to agents from the board. */
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { routingApi } from '@/api/routing';
import { useMe } from '@/api/session';
import type { AgentNow, Presence } from '@/api/types';
import { toastError } from '@/components/errors';
import { showToast } from '@/components/toasts';

export const STATES: readonly Presence[] = [
  'available',
  'busy',
  'after_call_work',
  'break',
  'meal',
  'training',
  'meeting',
  'offline',
];

export function refreshBoard(): void {
  void queryClient.invalidateQueries({ queryKey: ['live'] });
}

/** Sets an agent's state; the agent sees the reason. The toast can set the state of before. */
export function useSetState() {
  const { t } = useTranslation(['live', 'common']);
  const me = useMe();
  const set = useMutation({
    mutationFn: ({ agent, state, reason }: { agent: AgentNow; state: Presence; reason?: string }) =>
      routingApi.setPresenceOf(
        agent.person_id,
        state,
        reason?.trim() || t('reasonDefault', { name: me.person.name }),
      ),
    onSuccess: (_, { agent, state }) => {
      refreshBoard();
      const before = agent.state;
      showToast({
        tone: 'good',
        text: t('stateSet', { name: agent.name, state: t(`common:presence.${state}`) }),
        ...(before !== state && {
          action: {
            name: t('common:action.undo'),
            run: () => set.mutate({ agent: { ...agent, state }, state: before }),
          },
        }),
      });
    },
    onError: toastError,
  });
  return set;
}
