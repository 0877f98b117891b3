/** Canned replies, filled in for this contact. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { macrosQuery } from '@/api/organizations';
import { useClientBadge, useMe } from '@/api/session';
import type { Conversation } from '@/api/types';
import { Picker, type Choice } from '@/components/Picker';
import { fillVariables, firstName, type Values } from '@/features/desk/composer/variables';
import classes from './Composer.module.css';

interface MacroChoice extends Choice {
  body: string;
}

export function useValues(row: Conversation): Values {
  const me = useMe();
  const brand = useClientBadge(row.client_id);
  return {
    'customer.name': row.customer_name,
    'customer.first_name': firstName(row.customer_name),
    'agent.name': me.person.name,
    'agent.first_name': firstName(me.person.name),
    'brand.name': brand.name,
    'case.number': String(row.case_number),
  };
}

export function MacroPicker({
  row,
  onChoose,
  onCancel,
}: {
  row: Conversation;
  onChoose: (text: string) => void;
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const values = useValues(row);
  const { data } = useQuery(macrosQuery(row.client_id, row.program_id));
  const choices = data?.items
    .filter((one) => !one.program_id || one.program_id === row.program_id)
    .sort((a, b) => Number(b.language === row.language) - Number(a.language === row.language))
    .map((one): MacroChoice => ({
      id: one.id,
      name: one.name,
      words: `${one.shortcut} ${one.body}`,
      detail: `/${one.shortcut}`,
      body: fillVariables(one.body, values),
    }));
  return (
    <div className={classes.macros}>
      <Picker
        label={t('macro.label')}
        placeholder={t('macro.placeholder')}
        none={t('macro.none')}
        choices={choices}
        preview={(choice) => choice.body}
        onChoose={(choice) => onChoose(choice.body)}
        onCancel={onCancel}
      />
    </div>
  );
}
