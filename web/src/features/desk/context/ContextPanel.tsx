/** Who is behind the contact and how to speak for the brand. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { customerQuery } from '@/api/customers';
import type { Conversation, Customer } from '@/api/types';
import { Avatar } from '@/components/Avatar';
import { Attributes, useCustomerChange } from '@/components/customer/Attributes';
import { Consents } from '@/components/customer/Consents';
import { Identities } from '@/components/customer/Identities';
import { Merging, useMergeSuggestions } from '@/components/customer/Merging';
import { Notes } from '@/components/customer/Notes';
import { ContactList, useContacts } from '@/components/customer/OtherContacts';
import { Timeline } from '@/components/customer/Timeline';
import { EditableText } from '@/components/EditableText';
import { useFormat } from '@/components/format';
import { Later } from '@/components/Later';
import { Here, useCanHere } from '@/components/here';
import { displayName } from '@/components/names';
import { Section } from '@/components/Section';
import { Failed, RowSkeletons } from '@/components/States';
import { BrandVoice } from '@/features/desk/context/BrandVoice';
import { CaseBox } from '@/features/desk/context/CaseBox';
import { Tags } from '@/features/desk/context/Tags';
import classes from './ContextPanel.module.css';

export function ContextPanel({ row, readOnly }: { row: Conversation; readOnly: boolean }) {
  const { t } = useTranslation();
  return (
    <aside className={classes.panel} aria-label={t('context.title')}>
      <Later meanwhile={<RowSkeletons count={5} height={72} />}>
        <Whole row={row} readOnly={readOnly} />
      </Later>
    </aside>
  );
}

function Whole({ row, readOnly }: { row: Conversation; readOnly: boolean }) {
  const customer = useQuery(customerQuery(row.customer_id));
  if (customer.isPending) return <RowSkeletons count={5} height={72} />;
  if (customer.isError) {
    return <Failed error={customer.error} retry={() => void customer.refetch()} />;
  }
  return (
    <Here value={{ clientId: row.client_id, lookingOn: readOnly }}>
      <Known row={row} customer={customer.data} />
    </Here>
  );
}

function Known({ row, customer }: { row: Conversation; customer: Customer }) {
  const { t } = useTranslation();
  const others = useContacts(customer.id).filter((one) => one.id !== row.id);
  const open = others.filter((one) => one.status !== 'resolved');
  const last = others.filter((one) => one.status === 'resolved').slice(0, 3);
  const suggestions = useMergeSuggestions(customer.id);
  return (
    <>
      <Who customer={customer} />
      {suggestions.length > 0 && (
        <Section id="merge" title={t('merge.title')} aside={suggestions.length}>
          <Merging customerId={customer.id} />
        </Section>
      )}
      <Section id="case" title={t('case.number', { number: row.case_number })}>
        <CaseBox row={row} />
        <Tags row={row} />
      </Section>
      <Section id="voice" title={t('voice.title')}>
        <BrandVoice row={row} />
      </Section>
      <Section id="attributes" title={t('customer.attributes')}>
        <Attributes customer={customer} />
      </Section>
      <Section
        id="contacts"
        title={t('customer.contacts')}
        aside={open.length > 0 ? t('customer.openCount', { count: open.length }) : undefined}
      >
        <ContactList rows={[...open, ...last]} none={t('customer.noContacts')} />
      </Section>
      <Section id="notes" title={t('customer.notes')}>
        <Notes customerId={customer.id} />
      </Section>
      <Section id="consents" title={t('customer.consents')} open={false}>
        <Consents customerId={customer.id} />
      </Section>
      {suggestions.length === 0 && (
        <Section id="merges" title={t('merge.history')} open={false}>
          <Merging customerId={customer.id} />
        </Section>
      )}
      <Section id="timeline" title={t('timeline.title')}>
        <Timeline customerId={customer.id} currentId={row.id} />
      </Section>
    </>
  );
}

function Who({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const writes = useCanHere('customers.write');
  const change = useCustomerChange(customer);
  return (
    <div className={classes.who}>
      <div className={classes.whoHead}>
        <Avatar name={displayName(customer.name)} size={40} />
        <div className={classes.whoText}>
          <div className={classes.whoName}>
            <EditableText
              label={t('customer.name')}
              placeholder={t('customer.unset')}
              value={customer.name}
              readOnly={!writes}
              onSave={(name) => name && change.mutate({ name })}
            />
          </div>
          <div className={classes.whoFacts}>
            <span title={format.exact(customer.created_at)}>
              {t('customer.since', { date: format.date(customer.created_at) })}
            </span>
            {customer.language && <span>{format.language(customer.language)}</span>}
            <Link to="/customers/$customerId" params={{ customerId: customer.id }}>
              {t('customer.open')}
            </Link>
          </div>
        </div>
      </div>
      <Identities customer={customer} />
    </div>
  );
}
