/** Everything about one customer on one page. */
import { Button } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { customerQuery } from '@/api/customers';
import { useCan } from '@/api/session';
import { useActions } from '@/components/actions';
import { Brand } from '@/components/Brand';
import { Attributes } from '@/components/customer/Attributes';
import { Consents } from '@/components/customer/Consents';
import { Identities } from '@/components/customer/Identities';
import { Merging } from '@/components/customer/Merging';
import { Notes } from '@/components/customer/Notes';
import { ContactList, useContacts } from '@/components/customer/OtherContacts';
import { Timeline } from '@/components/customer/Timeline';
import { useFormat } from '@/components/format';
import { Here } from '@/components/here';
import { displayName } from '@/components/names';
import { Page } from '@/components/Page';
import { Failed, RowSkeletons } from '@/components/States';
import { StartMailDialog } from '@/features/customer/StartMailDialog';
import type { Customer } from '@/api/types';
import classes from './CustomerPage.module.css';

export function CustomerPage() {
  const { customerId } = useParams({ from: '/shell/customers/$customerId' });
  const query = useQuery(customerQuery(customerId));
  if (query.isPending) return <RowSkeletons count={6} height={80} />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return (
    <Here value={{ clientId: query.data.client_id }}>
      <Known key={customerId} customer={query.data} />
    </Here>
  );
}

function Known({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const replies = useCan('conversations.reply', customer.client_id);
  const [writing, setWriting] = useState(false);
  const contacts = useContacts(customer.id);
  useActions(
    replies
      ? [
          {
            id: 'customer.write',
            name: t('start.open', { name: displayName(customer.name) }),
            group: t('group.customer'),
            keys: 'w',
            run: () => setWriting(true),
          },
        ]
      : [],
  );
  return (
    <Page
      title={displayName(customer.name)}
      lead={
        <span className={classes.lead}>
          <Brand clientId={customer.client_id} />
          <span title={format.exact(customer.created_at)}>
            {t('customer.since', { date: format.date(customer.created_at) })}
          </span>
          {customer.language && <span>{format.language(customer.language)}</span>}
        </span>
      }
      actions={
        replies && (
          <Button leftSection={<IconMail size={16} />} onClick={() => setWriting(true)}>
            {t('start.button')}
          </Button>
        )
      }
    >
      {customer.merged_into && (
        <p className={classes.merged}>
          {t('customer.mergedAway')}{' '}
          <Link to="/customers/$customerId" params={{ customerId: customer.merged_into }}>
            {t('customer.openKept')}
          </Link>
        </p>
      )}
      <div className={classes.columns}>
        <div>
          <Box title={t('customer.identities')}>
            <Identities customer={customer} />
          </Box>
          <Box title={t('customer.attributes')}>
            <Attributes customer={customer} />
          </Box>
          <Box title={t('customer.consents')}>
            <Consents customerId={customer.id} />
          </Box>
          <Box title={t('merge.title')}>
            <Merging customerId={customer.id} />
          </Box>
        </div>
        <div>
          <Box title={t('customer.contacts')}>
            <ContactList rows={contacts.slice(0, 10)} none={t('customer.noContacts')} />
          </Box>
          <Box title={t('customer.notes')}>
            <Notes customerId={customer.id} />
          </Box>
          <Box title={t('timeline.title')}>
            <Timeline customerId={customer.id} />
          </Box>
        </div>
      </div>
      {writing && <StartMailDialog customer={customer} onClose={() => setWriting(false)} />}
    </Page>
  );
}

function Box({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className={classes.box}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
