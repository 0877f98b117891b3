/** The opening hours of a week: around the clock, or spans per day. */
import { ActionIcon, Button, SegmentedControl, Switch } from '@mantine/core';
import { IconCopy, IconPlus, IconX } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OpenHours } from '@/api/types';
import {
  clockOf,
  closingOf,
  hoursOf,
  minutesOf,
  weekOf,
  WORK_WEEK,
  type Week,
} from '@/features/setup/brands/hours';
import classes from './HoursEditor.module.css';

function useWeekdays(): string[] {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(i18n.language, { weekday: 'long', timeZone: 'UTC' });
    // 1 January 2024 was a Monday.
    return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(2024, 0, 1 + day)));
  }, [i18n.language]);
}

export function HoursEditor({
  value,
  onChange,
  error,
}: {
  value: readonly OpenHours[];
  onChange: (value: OpenHours[]) => void;
  error?: string | undefined;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const names = useWeekdays();
  const [last, setLast] = useState<readonly OpenHours[]>(value.length > 0 ? value : WORK_WEEK);
  const week = weekOf(value);
  const put = (next: Week) => onChange(hoursOf(next));
  const setDay = (day: number, spans: readonly OpenHours[]) =>
    put(week.map((one, at) => (at === day ? spans : one)));
  const always = value.length === 0;
  return (
    <div role="group" aria-label={t('hours.title')}>
      <SegmentedControl
        aria-label={t('hours.title')}
        data={[
          { value: 'always', label: t('hours.always') },
          { value: 'weekly', label: t('hours.weekly') },
        ]}
        value={always ? 'always' : 'weekly'}
        onChange={(mode) => {
          if (mode === 'always') {
            setLast(value);
            onChange([]);
          } else onChange([...last]);
        }}
      />
      {!always && (
        <ul className={classes.week}>
          {week.map((spans, day) => (
            <li key={day} className={classes.day}>
              <Switch
                size="xs"
                label={names[day]}
                checked={spans.length > 0}
                onChange={(event) =>
                  setDay(
                    day,
                    event.currentTarget.checked ? [{ weekday: day, opens: 540, closes: 1080 }] : [],
                  )
                }
              />
              <div className={classes.spans}>
                {spans.length === 0 && <span className={classes.closed}>{t('hours.closed')}</span>}
                {spans.map((span, index) => (
                  <Span
                    key={index}
                    span={span}
                    day={names[day] ?? ''}
                    onChange={(next) =>
                      setDay(
                        day,
                        spans.map((one, at) => (at === index ? next : one)),
                      )
                    }
                    onRemove={() =>
                      setDay(
                        day,
                        spans.filter((_, at) => at !== index),
                      )
                    }
                  />
                ))}
              </div>
              {spans.length > 0 && (
                <div className={classes.tools}>
                  <ActionIcon
                    aria-label={t('hours.addSpan', { day: names[day] })}
                    title={t('hours.addSpan', { day: names[day] })}
                    disabled={(spans[spans.length - 1]?.closes ?? 0) >= 1380}
                    onClick={() => {
                      const opens = Math.min(1380, (spans[spans.length - 1]?.closes ?? 720) + 60);
                      setDay(day, [
                        ...spans,
                        { weekday: day, opens, closes: Math.min(1440, opens + 240) },
                      ]);
                    }}
                  >
                    <IconPlus size={14} />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={t('hours.copy', { day: names[day] })}
                    title={t('hours.copy', { day: names[day] })}
                    onClick={() =>
                      put(
                        week.map((one, at) =>
                          at < 5 || day > 4 ? spans.map((s) => ({ ...s, weekday: at })) : one,
                        ),
                      )
                    }
                  >
                    <IconCopy size={14} />
                  </ActionIcon>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {!always && (
        <Button variant="subtle" size="compact-sm" onClick={() => onChange([...WORK_WEEK])}>
          {t('hours.officeHours')}
        </Button>
      )}
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function Span({
  span,
  day,
  onChange,
  onRemove,
}: {
  span: OpenHours;
  day: string;
  onChange: (span: OpenHours) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation(['setup', 'common']);
  return (
    <span className={classes.span}>
      <input
        type="time"
        className={classes.time}
        aria-label={t('hours.opens', { day })}
        value={clockOf(span.opens)}
        onChange={(event) => {
          const opens = minutesOf(event.currentTarget.value);
          if (opens !== null) onChange({ ...span, opens });
        }}
      />
      <span aria-hidden>–</span>
      <input
        type="time"
        className={classes.time}
        aria-label={t('hours.closes', { day })}
        aria-invalid={span.closes <= span.opens}
        value={clockOf(span.closes)}
        onChange={(event) => {
          const closes = closingOf(event.currentTarget.value);
          if (closes !== null) onChange({ ...span, closes });
        }}
      />
      <ActionIcon size="sm" aria-label={t('hours.removeSpan', { day })} onClick={onRemove}>
        <IconX size={12} />
      </ActionIcon>
    </span>
  );
}
