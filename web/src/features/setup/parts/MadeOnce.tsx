/** What is made with a secret that is shown this once, in the place of the form that made it. */
import { useState, type ReactNode } from 'react';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import { itemOf, refresh, type Named } from '@/features/setup/parts/collection';
import { Secret } from '@/features/setup/parts/CopyBox';
import { LookPanel } from '@/features/setup/parts/FormPanel';
import { useForm, type Form } from '@/features/setup/parts/useForm';
import type { SectionId } from '@/features/setup/sections';

/** The form, and the secret once it was sent; `made` finds the thing itself in the answer. */
export function useMadeOnce<V extends object, Answer extends { secret: string }>({
  kind,
  initial,
  required,
  rules,
  body = (values) => values,
  made,
}: {
  kind: string;
  initial: V;
  required: readonly (keyof V & string)[];
  rules?: (values: V) => Record<string, string | undefined>;
  body?: (values: V) => object;
  made: (answer: Answer) => Named;
}): { form: Form<V>; secret: string | null } {
  const [secret, setSecret] = useState<string | null>(null);
  const form = useForm<V>({
    initial,
    required,
    ...(rules && { rules }),
    save: async (values) => {
      const answer = await http.post<Answer>(`/api/${kind}`, body(values));
      const item = made(answer);
      queryClient.setQueryData(itemOf(kind, item.id).queryKey, item);
      refresh(kind);
      setSecret(answer.secret);
    },
  });
  return { form, secret };
}

export function MadeOnce({
  section,
  title,
  secret,
  label,
  hint,
  children,
}: {
  section: SectionId;
  title: string;
  secret: string;
  label: string;
  hint: string;
  /** How it is used. */
  children: ReactNode;
}) {
  return (
    <LookPanel section={section} title={title}>
      <Secret text={secret} label={label} hint={hint} />
      {children}
    </LookPanel>
  );
}
