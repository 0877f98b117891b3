/** Plain text that grows with what is written. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { EditorProps } from '@/features/desk/composer/content';
import classes from './Composer.module.css';

const startsWord = (text: string, at: number) => at === 0 || /\s/.test(text[at - 1] ?? '');

export function PlainEditor({
  initial,
  label,
  placeholder,
  onChange,
  onSubmit,
  onSlash,
  onFiles,
  onHandle,
}: EditorProps) {
  const [text, setText] = useState(initial.text);
  const field = useRef<HTMLTextAreaElement>(null);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  });
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(260, element.scrollHeight)}px`;
  }, [text]);

  useLayoutEffect(() => {
    onHandle({
      focus: (at) => {
        const element = field.current;
        element?.focus();
        if (at === 'end') element?.setSelectionRange(element.value.length, element.value.length);
      },
      insert: (added) => {
        const element = field.current;
        if (!element) return;
        element.focus();
        element.setRangeText(added, element.selectionStart, element.selectionEnd, 'end');
        setText(element.value);
        change.current({ text: element.value, html: null });
      },
    });
    return () => onHandle(null);
  }, [onHandle]);

  return (
    <textarea
      ref={field}
      className={classes.plain}
      dir="auto"
      aria-label={label}
      placeholder={placeholder}
      rows={2}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange({ text: event.currentTarget.value, html: null });
      }}
      onKeyDown={(event) => {
        const { selectionStart, value } = event.currentTarget;
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          onSubmit();
        } else if (event.key === '/' && startsWord(value, selectionStart)) {
          event.preventDefault();
          onSlash();
        } else if (event.key === 'Escape') {
          event.currentTarget.blur();
        }
      }}
      onPaste={(event) => {
        const files = [...event.clipboardData.files];
        if (files.length === 0) return;
        event.preventDefault();
        onFiles(files);
      }}
    />
  );
}
