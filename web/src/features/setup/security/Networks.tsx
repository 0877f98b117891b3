/** From where each client's data may be seen. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import type { Client, ClientNetworks } from '@/api/types';
import { BrandMark } from '@/components/Brand';
import { Loaded } from '@/components/Loaded';
import { showToast } from '@/components/toasts';
import { Fields, FormPanel } from '@/features/setup/parts/FormPanel';
import { LinesEditor } from '@/features/setup/parts/LinesEditor';
import { Split } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';

const pathOf = (client: Client) => `/api/clients/${client.id}/networks`;

const networksQuery = (client: Client) =>
  queryOptions({
    queryKey: ['setup', 'networks', client.id],
    queryFn: () => http.get<ClientNetworks>(pathOf(client)),
  });

export function Networks() {
  return (
    <Split<Client>
      section="networks"
      kind="clients"
      makes={false}
      lineOf={(one) => ({
        name: one.name,
        mark: <BrandMark color={one.color} name={one.name} />,
      })}
      children={(item) => item && <Known client={item} />}
    />
  );
}

function Known({ client }: { client: Client }) {
  return (
    <Loaded query={useQuery(networksQuery(client))} skeletons={{ count: 3 }}>
      {({ networks }) => <NetworksForm client={client} networks={networks} />}
    </Loaded>
  );
}

function NetworksForm({ client, networks }: { client: Client; networks: string[] }) {
  const { t } = useTranslation('setup');
  const form = useForm<{ networks: string[] }>({
    initial: { networks },
    again: async () => {
      const kept = await queryClient.fetchQuery({ ...networksQuery(client), staleTime: 0 });
      return { networks: kept.networks };
    },
    save: async ({ networks: wanted }) => {
      const body = { networks: wanted.filter((one) => one.trim()) };
      const kept = await http.put<ClientNetworks>(pathOf(client), body);
      queryClient.setQueryData(networksQuery(client).queryKey, kept);
      showToast({ tone: 'good', text: t('form.saved', { name: client.name }) }, 3);
      return { networks: kept.networks };
    },
  });
  return (
    <FormPanel form={form} section="networks" title={client.name} lead={t('networks.lead')}>
      <Fields>
        <LinesEditor
          label={t('networks.label')}
          description={t('networks.hint')}
          placeholder="203.0.113.0/24"
          most={200}
          errorAt={(index) => form.error(`networks/${index}`)}
          {...form.bind('networks')}
        />
      </Fields>
    </FormPanel>
  );
}
