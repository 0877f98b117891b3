/** How the brand sounds: greeting, what to do and not to do, signature. */
import { IconCheck, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { programQuery } from '@/api/organizations';
import type { Conversation } from '@/api/types';
import { Brand } from '@/components/Brand';
import { RowSkeletons } from '@/components/States';
import { useValues } from '@/features/desk/composer/MacroPicker';
import { fillVariables } from '@/features/desk/composer/variables';
import classes from './ContextPanel.module.css';

export function BrandVoice({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const values = useValues(row);
  const { data: program, isPending } = useQuery({ ...programQuery(row.program_id), retry: false });
  if (isPending) return <RowSkeletons count={1} height={60} />;
  const voice = program?.voice;
  return (
    <div className={classes.voice}>
      <p>
        <Brand clientId={row.client_id} size="large" />
        {program && <span className={classes.label}>{program.name}</span>}
      </p>
      {voice?.greeting && (
        <p>
          <span className={classes.label}>{t('voice.greeting')}</span>
          <q dir="auto">{fillVariables(voice.greeting, values)}</q>
        </p>
      )}
      {voice && voice.tone_do.length > 0 && (
        <ul className={`${classes.rules} ${classes.do}`} aria-label={t('voice.do')}>
          {voice.tone_do.map((rule) => (
            <li key={rule}>
              <IconCheck size={14} aria-hidden />
              <span dir="auto">{rule}</span>
            </li>
          ))}
        </ul>
      )}
      {voice && voice.tone_dont.length > 0 && (
        <ul className={`${classes.rules} ${classes.dont}`} aria-label={t('voice.dont')}>
          {voice.tone_dont.map((rule) => (
            <li key={rule}>
              <IconX size={14} aria-hidden />
              <span dir="auto">{rule}</span>
            </li>
          ))}
        </ul>
      )}
      {voice?.signature && (
        <div>
          <span className={classes.label}>{t('voice.signature')}</span>
          <p className={classes.pre} dir="auto">
            {fillVariables(voice.signature, values)}
          </p>
        </div>
      )}
      {voice && !voice.greeting && voice.tone_do.length === 0 && voice.tone_dont.length === 0 && (
        <span className={classes.label}>{t('voice.none')}</span>
      )}
    </div>
  );
}
