/** A form's values, what the server said of them, and whether something is unsaved. */
import { useCallback, useRef, useState, type ChangeEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, type FieldError } from '@/api/http';
import { toastError } from '@/components/errors';
import { same } from '@/features/setup/parts/collection';
import { clashes, rebased, settled } from '@/features/setup/parts/rebase';

type KeyOf<V, T> = { [K in keyof V]-?: V[K] extends T ? K : never }[keyof V] & string;
type TextEvent = ChangeEvent<HTMLInputElement | HTMLTextAreaElement>;

export interface Form<V extends object> {
  values: V;
  before: V;
  dirty: boolean;
  busy: boolean;
  /** Errors at paths that no field has claimed. */
  problems: readonly FieldError[];
  /** Counts failed attempts, so that the panel can move the focus to the first wrong field. */
  failures: number;
  set: (change: Partial<V>) => void;
  error: (path: string) => string | undefined;
  text: (key: KeyOf<V, string>) => {
    value: string;
    onChange: (event: TextEvent) => void;
    error: string | undefined;
  };
  bind: <K extends keyof V & string>(
    key: K,
  ) => { value: V[K]; onChange: (value: V[K]) => void; error: string | undefined };
  check: (key: KeyOf<V, boolean>) => {
    checked: boolean;
    onChange: (event: ChangeEvent<HTMLInputElement>) => void;
  };
  submit: () => Promise<boolean>;
  reset: () => void;
  /** Somebody else saved something while this was typed: nothing is saved until it is said what becomes of it. */
  overtaken: boolean;
  /** Shows what they saved, and forgets what was typed. */
  takeTheirs: () => void;
  /** Keeps what was typed, over what they saved. */
  keepMine: () => void;
  isDirty: () => boolean;
}

interface Options<V extends object> {
  /** What the form begins with; with `again` it is what the server keeps now, and the form follows it. */
  initial: V;
  /** Reads once more what the server keeps; asked before each save, so that nothing is replaced that nobody here saw. */
  again?: () => Promise<V>;
  /** What was typed since `before`, put over `theirs`. */
  merge?: (before: V, mine: V, theirs: V) => V;
  /** Fields that stay as they were made. */
  fixed?: readonly (keyof V & string)[];
  /** Fields that must not be empty. */
  required?: readonly (keyof V & string)[];
  /** More rules, as messages by path. */
  rules?: (values: V) => Record<string, string | undefined>;
  /** Answers what is kept now, where that is more than `values`. */
  save: (values: V, before: V) => Promise<V | undefined> | Promise<void>;
}

const isEmpty = (value: unknown) =>
  value === null ||
  value === undefined ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0);

const covers = (path: string, wanted: string) => path === wanted || path.startsWith(`${wanted}/`);

export function useForm<V extends object>({
  initial,
  again,
  merge = rebased,
  fixed = [],
  required,
  rules,
  save,
}: Options<V>): Form<V> {
  const { t } = useTranslation(['setup', 'common']);
  const [before, setBefore] = useState(initial);
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  const [busy, setBusy] = useState(false);
  const [failures, setFailures] = useState(0);
  const [seen, setSeen] = useState(initial);
  const [theirs, setTheirs] = useState<V | null>(null);
  const claimed = useRef(new Set<string>());
  const latest = useRef({ values, before });
  latest.current = { values, before };
  const saving = useRef(false);

  // While saving, what was typed counts as kept: a save may itself lead to another address.
  const isDirty = useCallback(
    () => !saving.current && !same(latest.current.values, latest.current.before),
    [],
  );
  const show = (stored: V, typed: V) => {
    setBefore(stored);
    setValues(typed);
    setTheirs(null);
    setErrors([]);
  };
  if (again && !busy && !same(initial, seen)) {
    setSeen(initial);
    if (same(initial, before)) setTheirs(null);
    else if (!clashes(before, values, initial)) show(initial, merge(before, values, initial));
    else {
      setTheirs(initial);
      setErrors([]);
    }
  }
  const set = (change: Partial<V>) => {
    setValues((now) => ({ ...now, ...change }));
    const touched = Object.keys(change).map((key) => `/${key}`);
    setErrors((now) => now.filter((one) => !touched.some((key) => covers(one.path, key))));
  };
  const error = (path: string) => {
    const wanted = `/${path}`;
    claimed.current.add(wanted);
    return (
      errors.find((one) => covers(one.path, wanted))?.message ??
      (theirs ? said(path, theirs) : undefined)
    );
  };
  /** What somebody else made of a field that was changed here as well. */
  const said = (path: string, stored: V) => {
    const key = path as keyof V & string;
    if (!clashes(before, values, stored, [key])) return undefined;
    const value: unknown = stored[key];
    const readable = typeof value === 'number' || (typeof value === 'string' && value !== '');
    return readable && !key.endsWith('_id') ? t('form.theirs', { value }) : t('form.theirsUnnamed');
  };
  const fail = (found: readonly FieldError[]) => {
    setErrors(found);
    setFailures((count) => count + 1);
  };
  const submit = async (): Promise<boolean> => {
    if (saving.current) return false;
    if (theirs) {
      fail([]);
      return false;
    }
    const mine: FieldError[] = (required ?? [])
      .filter((key) => isEmpty(values[key]))
      .map((key) => ({ path: `/${key}`, message: t('form.required') }));
    for (const [path, message] of Object.entries(rules?.(values) ?? {})) {
      if (message) mine.push({ path: `/${path}`, message });
    }
    if (mine.length > 0) {
      fail(mine);
      return false;
    }
    setBusy(true);
    try {
      setErrors([]);
      saving.current = true;
      const stored = (await again?.()) ?? before;
      if (clashes(before, values, stored)) {
        setTheirs(stored);
        fail([]);
        return false;
      }
      const sent = same(stored, before) ? values : merge(before, values, stored);
      const kept = (await save(sent, stored)) ?? sent;
      setBefore(kept);
      setValues((now) => settled(values, now, kept, again ? [] : fixed));
      return true;
    } catch (caught) {
      if (caught instanceof ApiError && caught.status === 409) again?.().catch(toastError);
      if (caught instanceof ApiError && caught.errors.length > 0) fail(caught.errors);
      else toastError(caught);
      return false;
    } finally {
      saving.current = false;
      setBusy(false);
    }
  };
  return {
    values,
    before,
    dirty: !same(values, before),
    busy,
    failures,
    problems: errors.filter((one) => ![...claimed.current].some((key) => covers(one.path, key))),
    set,
    error,
    text: (key) => ({
      value: values[key] as string,
      onChange: (event) => set({ [key]: event.currentTarget.value } as Partial<V>),
      error: error(key),
    }),
    bind: (key) => ({
      value: values[key],
      onChange: (value) => set({ [key]: value } as unknown as Partial<V>),
      error: error(key),
    }),
    check: (key) => ({
      checked: values[key] as boolean,
      onChange: (event) => set({ [key]: event.currentTarget.checked } as Partial<V>),
    }),
    submit,
    reset: () => show(theirs ?? before, theirs ?? before),
    overtaken: theirs !== null,
    takeTheirs: () => theirs && show(theirs, theirs),
    keepMine: () => theirs && show(theirs, merge(before, values, theirs)),
    isDirty,
  };
}
