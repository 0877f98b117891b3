/**
 * Choose one of a list by typing and arrow keys. The field keeps the focus and is there at once: what is typed while
 * the choices load is not lost, and an early Enter takes the first of them that fits.
 */
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { isComposing } from '@/components/actions';
import { RowSkeletons } from '@/components/States';
import classes from './Picker.module.css';

export interface Choice {
  id: string;
  name: string;
  /** More words to find it by. */
  words?: string;
  detail?: ReactNode;
  icon?: ReactNode;
}

interface Props<C extends Choice> {
  /** Undefined while they load. */
  choices: readonly C[] | undefined;
  label: string;
  placeholder?: string;
  none: string;
  initial?: string;
  onChoose: (choice: C) => void;
  onCancel?: () => void;
  /** Shows the choice under the cursor in full. */
  preview?: (choice: C) => ReactNode;
}

export function Picker<C extends Choice>({
  choices,
  label,
  placeholder,
  none,
  initial = '',
  onChoose,
  onCancel,
  preview,
}: Props<C>) {
  const [query, setQuery] = useState(initial);
  const [active, setActive] = useState(0);
  const [hurried, setHurried] = useState(false);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const wanted = query.trim().toLocaleLowerCase();
  const found = (choices ?? []).filter((one) =>
    `${one.name} ${one.words ?? ''}`.toLocaleLowerCase().includes(wanted),
  );
  const index = Math.min(active, Math.max(0, found.length - 1));
  const current = found[index];

  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [index, query]);
  useEffect(() => {
    if (!hurried || !choices) return;
    setHurried(false);
    if (current) onChoose(current);
  }, [hurried, choices, current, onChoose]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((index + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter' && !isComposing(event.nativeEvent)) {
      event.preventDefault();
      if (current) onChoose(current);
      else setHurried(!choices);
    } else if (event.key === 'Escape' && onCancel) {
      event.preventDefault();
      event.stopPropagation();
      onCancel();
    }
  };
  return (
    <div className={classes.picker}>
      <input
        ref={input}
        className={classes.input}
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={current ? `${listId}-${index}` : undefined}
        aria-label={label}
        placeholder={placeholder ?? label}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setActive(0);
          setHurried(false);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        id={listId}
        ref={list}
        role="listbox"
        aria-label={label}
        className={classes.list}
        hidden={found.length === 0}
      >
        {found.map((choice, position) => (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the input has the keys
          <div
            key={choice.id}
            id={`${listId}-${position}`}
            role="option"
            tabIndex={-1}
            aria-selected={position === index}
            className={classes.choice}
            onMouseMove={() => setActive(position)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(choice)}
          >
            {choice.icon}
            <span className={classes.name} dir="auto">
              {choice.name}
            </span>
            {choice.detail && <span className={classes.detail}>{choice.detail}</span>}
          </div>
        ))}
      </div>
      {!choices && <RowSkeletons count={3} height={40} />}
      {choices && found.length === 0 && (
        <div role="status" className={classes.none}>
          {none}
        </div>
      )}
      {preview && current && <div className={classes.preview}>{preview(current)}</div>}
    </div>
  );
}
