/** Days on which a program is closed. */
import { Button, Pill } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/components/format';
import { Labelled } from '@/features/setup/parts/Labelled';
import classes from './HolidaysEditor.module.css';

export function HolidaysEditor({
  value,
  onChange,
  error,
}: {
  value: readonly string[];
  onChange: (value: string[]) => void;
  error?: string | undefined;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const format = useFormat();
  const [day, setDay] = useState('');
  const add = () => {
    if (day && !value.includes(day)) onChange([...value, day].sort());
    setDay('');
  };
  return (
    <Labelled label={t('holidays.title')} description={t('holidays.hint')} error={error}>
      <div className={classes.add}>
        <input
          type="date"
          className={classes.date}
          aria-label={t('holidays.day')}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button variant="default" size="compact-sm" disabled={!day} onClick={add}>
          {t('common:action.add')}
        </Button>
      </div>
      {value.length > 0 && (
        <ul className={classes.days}>
          {value.map((one) => (
            <li key={one}>
              <Pill
                withRemoveButton
                onRemove={() => onChange(value.filter((other) => other !== one))}
                removeButtonProps={{
                  'aria-label': t('holidays.remove', { day: format.date(one) }),
                  tabIndex: 0,
                  'aria-hidden': false,
                }}
              >
                {format.date(`${one}T12:00:00`)}
              </Pill>
            </li>
          ))}
        </ul>
      )}
    </Labelled>
  );
}
