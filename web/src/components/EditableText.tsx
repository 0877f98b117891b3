/** A value that is edited where it stands: click, type, Enter. */
import { useEffect, useRef, useState } from 'react';
import { isComposing } from '@/components/actions';
import classes from './EditableText.module.css';

export function EditableText({
  value,
  label,
  placeholder,
  type = 'text',
  onSave,
  readOnly = false,
}: {
  value: string;
  label: string;
  placeholder: string;
  type?: 'text' | 'number' | 'date';
  onSave: (value: string) => void;
  readOnly?: boolean;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const editing = draft !== null;
  useEffect(() => {
    if (editing) input.current?.select();
  }, [editing]);
  if (readOnly) {
    return (
      <span className={classes.fixed} data-empty={value === ''} dir="auto">
        {value || placeholder}
      </span>
    );
  }
  if (draft === null) {
    return (
      <button
        type="button"
        className={classes.value}
        dir="auto"
        data-empty={value === ''}
        aria-label={`${label}: ${value || placeholder}`}
        onClick={() => setDraft(value)}
      >
        {value || placeholder}
      </button>
    );
  }
  const finish = (keep: boolean) => {
    const next = draft.trim();
    setDraft(null);
    if (keep && next !== value) onSave(next);
  };
  return (
    <input
      ref={input}
      className={classes.input}
      dir="auto"
      type={type}
      step="any"
      aria-label={label}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !isComposing(event.nativeEvent)) finish(true);
        if (event.key === 'Escape') {
          event.stopPropagation();
          finish(false);
        }
      }}
    />
  );
}
