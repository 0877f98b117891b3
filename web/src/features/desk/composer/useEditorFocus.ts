/** The focus of a field whose editor may come late, or begin anew under whoever is typing. */
import { useCallback, useRef } from 'react';
import type { EditorHandle } from '@/features/desk/composer/content';

/** `wantsFocus` says, from `wanted` on, whether the next editor in `section` that gives its handle takes the focus. */
export function useEditorFocus(wanted: boolean) {
  const section = useRef<HTMLElement>(null);
  const handle = useRef<EditorHandle | null>(null);
  const wantsFocus = useRef(wanted);
  const onHandle = useCallback((next: EditorHandle | null) => {
    handle.current = next;
    if (!next) {
      const field = section.current?.querySelector('textarea, [role="textbox"]');
      wantsFocus.current ||= field != null && field === document.activeElement;
    } else if (wantsFocus.current) {
      wantsFocus.current = false;
      next.focus('end');
    }
  }, []);
  return { section, handle, wantsFocus, onHandle };
}
