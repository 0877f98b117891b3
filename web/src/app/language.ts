/** The language of the interface: kept in this browser for the first paint, and on the account for every other one. */
import { useEffect } from 'react';
import { queryClient } from '@/api/client';
import { http } from '@/api/http';
import { sessionQuery } from '@/api/session';
import type { Me, Person } from '@/api/types';
import { toastError } from '@/components/errors';
import { languageFor, type Language } from '@/components/languages';
import { savePreferences } from '@/components/preferences';

/** Chosen before anyone was signed in; it goes to the account of whoever signs in next. */
let chosenBefore: Language | null = null;

async function keep(me: Me, locale: Language): Promise<void> {
  const person = await http.patch<Person>(`/api/people/${me.person.id}`, { locale });
  queryClient.setQueryData(sessionQuery.queryKey, (): Me => ({ ...me, person }));
}

export function chooseLanguage(language: Language): void {
  savePreferences({ language });
  const me = queryClient.getQueryData(sessionQuery.queryKey);
  if (!me || me.pending) chosenBefore = language;
  else if (me.person.locale !== language) keep(me, language).catch(toastError);
}

/** Below the shell: the account's language, unless another was chosen on the way in. A demo's visitor brings their own. */
export function useAccountLanguage(me: Me): void {
  const { locale } = me.person;
  useEffect(() => {
    if (chosenBefore) chooseLanguage(chosenBefore);
    else if (!me.demo) {
      const language = languageFor([locale]);
      if (language) savePreferences({ language });
    }
    chosenBefore = null;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each account and each change of its language
  }, [me.person.id, locale]);
}
