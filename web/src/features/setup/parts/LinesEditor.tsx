/** A list of short texts, edited in place: Enter adds the next, Backspace in an empty one removes it. */
import { ActionIcon, Button, Input, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useId, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { isComposing } from '@/components/actions';
import classes from './LinesEditor.module.css';

export function LinesEditor({
  label,
  description,
  value,
  onChange,
  placeholder,
  error,
  errorAt,
  most = 30,
}: {
  label: string;
  description?: string;
  value: readonly string[];
  onChange: (value: string[]) => void;
  placeholder?: string;
  error?: string | undefined;
  errorAt?: (index: number) => string | undefined;
  most?: number;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const focus = (index: number) =>
    requestAnimationFrame(() => box.current?.querySelectorAll('input')[index]?.focus());
  const wrongAt = value.map((_, index) => errorAt?.(index));
  const set = (index: number, text: string) =>
    onChange(value.map((line, at) => (at === index ? text : line)));
  const add = (index: number) => {
    if (value.length >= most) return;
    onChange([...value.slice(0, index), '', ...value.slice(index)]);
    focus(index);
  };
  const remove = (index: number) => {
    onChange(value.filter((_, at) => at !== index));
    focus(Math.max(0, index - 1));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>, index: number) => {
    if (event.key === 'Enter' && !isComposing(event.nativeEvent)) {
      event.preventDefault();
      add(index + 1);
    } else if (event.key === 'Backspace' && event.currentTarget.value === '') {
      event.preventDefault();
      remove(index);
    }
  };
  return (
    <div role="group" aria-labelledby={id} className={classes.editor}>
      <div id={id} className={classes.label}>
        {label}
      </div>
      {description && <Input.Description>{description}</Input.Description>}
      <div ref={box} className={classes.lines}>
        {value.map((line, index) => (
          <div key={index} className={classes.line}>
            <TextInput
              aria-label={t('lines.item', { label, number: index + 1 })}
              placeholder={placeholder ?? ''}
              value={line}
              error={wrongAt[index]}
              onChange={(event) => set(index, event.currentTarget.value)}
              onKeyDown={(event) => onKeyDown(event, index)}
            />
            <ActionIcon
              aria-label={t('lines.remove', { label, number: index + 1 })}
              onClick={() => remove(index)}
            >
              <IconX size={14} />
            </ActionIcon>
          </div>
        ))}
      </div>
      {error && !wrongAt.some(Boolean) && <Input.Error>{error}</Input.Error>}
      {value.length < most && (
        <Button
          variant="subtle"
          size="compact-sm"
          className={classes.add ?? ''}
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => add(value.length)}
        >
          {t('common:action.add')}
          <span className="visually-hidden">: {label}</span>
        </Button>
      )}
    </div>
  );
}
