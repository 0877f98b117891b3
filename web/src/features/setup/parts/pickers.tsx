/** Fields that choose among what exists: clients, programs, providers, queues, languages, zones. */
import { MultiSelect, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { useMe } from '@/api/session';
import type { Program, Provider, Queue, Site, Team } from '@/api/types';
import { useFormat } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { allOf } from '@/features/setup/parts/collection';

export interface PickProps {
  label: string;
  description?: ReactNode;
  value: string | null;
  onChange: (value: string | null) => void;
  error?: string | undefined;
  disabled?: boolean;
  clearable?: boolean;
  placeholder?: string;
  required?: boolean;
}

/** What may be empty is taken out by choosing it again, too: the cross is for pointers only. */
const shared = ({ clearable = false }: PickProps) => ({
  searchable: true,
  withAsterisk: false,
  allowDeselect: clearable,
});

export const useProviders = () => useQuery(allOf<Provider>('providers')).data ?? [];
export const useSites = () => useQuery(allOf<Site>('sites')).data ?? [];
export const useTeams = () => useQuery(allOf<Team>('teams')).data ?? [];
export const usePrograms = () => useQuery(allOf<Program>('programs')).data ?? [];
export const useQueues = () => useQuery(allOf<Queue>('queues')).data ?? [];

/** What is made of the providers, once they are here: a form takes the only one there is from its beginning. */
export function KnownProviders({ children }: { children: (all: Provider[]) => ReactNode }) {
  const query = useQuery(allOf<Provider>('providers'));
  return (
    <Loaded query={query} skeletons={{ count: 4, height: 72 }}>
      {children}
    </Loaded>
  );
}

export function ClientPick(props: PickProps) {
  const me = useMe();
  return (
    <Select
      {...shared(props)}
      {...props}
      data={me.clients.map((one) => ({ value: one.id, label: one.name }))}
    />
  );
}

/** Programs, grouped by client; or only those of `clientId`. */
export function ProgramPick({ clientId, ...props }: PickProps & { clientId?: string | null }) {
  const me = useMe();
  const programs = usePrograms();
  const waiting = props.value && programs.length === 0 ? { placeholder: '…' } : {};
  const data = me.clients
    .filter((client) => !clientId || client.id === clientId)
    .map((client) => ({
      group: client.name,
      items: programs
        .filter((one) => one.client_id === client.id)
        .map((one) => ({ value: one.id, label: one.name })),
    }))
    .filter((group) => group.items.length > 0);
  return <Select {...shared(props)} {...props} {...waiting} data={data} />;
}

export function ProviderPick({ among, ...props }: PickProps & { among?: readonly string[] }) {
  const providers = useProviders();
  return (
    <Select
      {...shared(props)}
      {...props}
      data={providers
        .filter((one) => !among || among.includes(one.id))
        .map((one) => ({ value: one.id, label: one.name }))}
    />
  );
}

/** Queues of one program. */
export function QueuePick({
  programId,
  clientId,
  without,
  ...props
}: PickProps & { programId?: string | null; clientId?: string | null; without?: string }) {
  const queues = useQueues();
  return (
    <Select
      {...shared(props)}
      {...props}
      data={queues
        .filter(
          (one) =>
            (!programId || one.program_id === programId) &&
            (!clientId || one.client_id === clientId) &&
            one.id !== without,
        )
        .map((one) => ({ value: one.id, label: one.name }))}
    />
  );
}

const TAGS =
  'en de fr es it nl pt pt-BR pl cs sk hu ro bg el tr sv da nb fi et lv lt sl hr sr bs sq mk uk ru ar he fa ur hi bn ta te ml kn mr pa si ne th vi id ms tl zh zh-TW ja ko ka hy az kk uz sw am so ha yo ig zu af ca eu gl cy ga is mt lb';

function useLanguages(chosen: readonly string[]) {
  const format = useFormat();
  return useMemo(
    () =>
      [...new Set([...TAGS.split(' '), ...chosen])].map((tag) => ({
        value: tag,
        label: format.language(tag),
      })),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a new array of the same tags is no news
    [format, chosen.join()],
  );
}

export function LanguagePick(props: PickProps) {
  const data = useLanguages(props.value ? [props.value] : []);
  return <Select {...shared(props)} {...props} data={data} />;
}

export function LanguagesPick({
  value,
  onChange,
  ...props
}: {
  label: string;
  description?: ReactNode;
  value: readonly string[];
  onChange: (value: string[]) => void;
  error?: string | undefined;
}) {
  const data = useLanguages(value);
  return (
    <MultiSelect
      {...props}
      searchable
      hidePickedOptions
      data={data}
      value={[...value]}
      onChange={onChange}
    />
  );
}
