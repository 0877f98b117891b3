/** Everything around the router: theme, cache, toasts. */
import { DirectionProvider, MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Suspense, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '@/api/client';
import { router } from '@/app/router';
import { useScheme } from '@/app/scheme';
import { theme, variables } from '@/app/theme';
import { nonce } from '@/components/nonce';
import { usePreferences } from '@/components/preferences';
import { Toaster } from '@/components/Toaster';

export function App() {
  const preferences = usePreferences();
  const { t, i18n } = useTranslation();
  const spoken = useMemo(() => {
    const closeButtonProps = { 'aria-label': t('action.close') };
    const named = { defaultProps: { closeButtonProps } };
    const visibilityToggleButtonProps = { 'aria-label': t('action.showPassword') };
    const eyed = { defaultProps: { visibilityToggleButtonProps } };
    return mergeThemeOverrides(theme, {
      components: { Modal: named, Drawer: named, PasswordInput: eyed },
    });
  }, [t]);
  useEffect(() => {
    if (preferences.language && preferences.language !== i18n.language) {
      void i18n.changeLanguage(preferences.language);
    }
  }, [preferences.language, i18n]);
  return (
    <DirectionProvider initialDirection={i18n.dir()}>
      <MantineProvider
        theme={spoken}
        cssVariablesResolver={variables}
        forceColorScheme={useScheme()}
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queryClient}>
          <Suspense fallback={null}>
            <RouterProvider router={router} />
          </Suspense>
          <Toaster />
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}
