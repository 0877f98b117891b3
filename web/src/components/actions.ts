/** Every action has a name, and most have a key: the palette, the key list and the keyboard read this register. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import { store, useStore } from '@/components/store';

export interface Action {
  id: string;
  name: string;
  group: string;
  /** 'e', 'shift+e', 'mod+k' (Ctrl or Cmd), 'alt+a', or two strokes: 'g d'. */
  keys?: string;
  /** Also while a text field has the focus; meant for keys with mod or alt. */
  whileTyping?: boolean;
  /** Kept out of the palette, shown in the key list only. */
  hidden?: boolean;
  /** More words by which the palette finds it. */
  words?: string;
  run: () => void;
}

const actions = new Map<string, Action>();
const snapshot = store<readonly Action[]>([]);
const publish = () => snapshot.set([...actions.values()]);

/**
 * Registers actions while the component is mounted: a key counts as soon as what it acts on can be seen.
 * `run` may change without registering again.
 */
export function useActions(list: readonly Action[]): void {
  const latest = useRef(list);
  useLayoutEffect(() => {
    latest.current = list;
  });
  const signature = list
    .map((one) => [one.id, one.name, one.keys ?? '', one.group].join('\u0000'))
    .join('\u0001');
  useLayoutEffect(() => {
    const mine = latest.current.map((one) => ({
      ...one,
      run: () => latest.current.find((now) => now.id === one.id)?.run(),
    }));
    for (const one of mine) actions.set(one.id, one);
    publish();
    return () => {
      for (const one of mine) if (actions.get(one.id) === one) actions.delete(one.id);
      publish();
    };
  }, [signature]);
}

export const useAllActions = (): readonly Action[] => useStore(snapshot);

const typingRoles = new Set(['textbox', 'combobox', 'searchbox', 'listbox', 'menu']);

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) {
    return !(
      target instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(target.type)
    );
  }
  return (
    typingRoles.has(target.getAttribute('role') ?? '') || target.closest('[role="dialog"]') !== null
  );
}

/** Shortcuts are Latin letters and digits; a layout that types others gives those that stand on the same keys in English. */
function letterOf({ key, code, altKey }: KeyboardEvent): string {
  if (key === '\u061f') return '?';
  const latin = key.length > 1 || (key >= ' ' && key <= '~');
  const physical = /^(?:Key|Digit)(.)$/.exec(code)?.[1];
  return physical && (!latin || (altKey && code.startsWith('Key'))) ? physical : key;
}

/** The name of the keys held down, as actions give it: 'j', 'shift+e', 'mod+k'. */
export function strokeOf(event: KeyboardEvent): string {
  const letter = letterOf(event);
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('mod');
  if (event.altKey) parts.push('alt');
  if (event.shiftKey && (letter.length > 1 || /[a-z]/i.test(letter))) parts.push('shift');
  parts.push(letter.toLowerCase());
  return parts.join('+');
}

/** Whether the key goes into a word that an input method is still putting together. */
export const isComposing = (event: KeyboardEvent) => event.isComposing || event.key === 'Process';

/** Listens for the keys of all registered actions. Mounted once. */
export function useActionKeys(): void {
  useEffect(() => {
    let first: { stroke: string; at: number } | null = null;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isComposing(event) || event.repeat) return;
      if (['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return;
      const stroke = strokeOf(event);
      const typing = isTyping(event.target);
      const both = first && event.timeStamp - first.at < 1200 ? `${first.stroke} ${stroke}` : null;
      const usable = snapshot.get().filter((one) => one.keys && (!typing || one.whileTyping));
      const action =
        usable.find((one) => one.keys === both) ?? usable.find((one) => one.keys === stroke);
      const opensSequence = usable.some((one) => one.keys?.startsWith(`${stroke} `));
      first = opensSequence ? { stroke, at: event.timeStamp } : null;
      if (!action) return;
      if (
        event.target instanceof HTMLElement &&
        stroke === 'enter' &&
        event.target.matches('a, button')
      )
        return;
      event.preventDefault();
      action.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
