/** Everything around the router: theme, cache, toasts. */
import { MantineProvider, type MantineColorSchemeManager } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { router } from '@/app/router';
import { theme, variables } from '@/app/theme';
import { readPreferences, usePreferences } from '@/components/preferences';
import { Toaster } from '@/components/Toaster';

const scheme = () => {
  const { theme: chosen } = readPreferences();
  return chosen === 'system' ? 'auto' : chosen;
};

/** Our preferences hold the scheme; Mantine only reads it. */
const manager: MantineColorSchemeManager = {
  get: scheme,
  set: () => undefined,
  clear: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
};

export function App() {
  const preferences = usePreferences();
  const { i18n } = useTranslation();
  useEffect(() => {
    if (preferences.language && preferences.language !== i18n.language) {
      void i18n.changeLanguage(preferences.language);
    }
  }, [preferences.language, i18n]);
  return (
    <MantineProvider
      key={preferences.theme}
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={manager}
      defaultColorScheme={scheme()}
    >
      <QueryClientProvider client={queryClient}>
        <Suspense fallback={null}>
          <RouterProvider router={router} />
        </Suspense>
        <Toaster />
      </QueryClientProvider>
    </MantineProvider>
  );
}
