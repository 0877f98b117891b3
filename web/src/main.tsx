/** Starts the desktop. */
import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import '@/app/tokens.css';
import { StrictMode } from 'react';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/App';
import { startTexts } from '@/app/i18n';
import { queryClient } from '@/api/client';
import { forgetSession, sessionQuery } from '@/api/session';
import { setSignedOutHandler } from '@/api/http';
import { router } from '@/app/router';
import { nonce } from '@/components/nonce';

// Dialogs hold the page still behind them by a style that they make.
setNonce(nonce);

setSignedOutHandler(() => {
  if (router.state.location.pathname === '/sign-in') return;
  forgetSession();
  void router.navigate({ to: '/sign-in', search: { to: router.state.location.href } });
});

// What the first screen needs is fetched at once, not one after the other.
if (location.pathname !== '/sign-in') void queryClient.prefetchQuery(sessionQuery);
if (/^\/(desk|$)/.test(location.pathname)) void import('@/features/desk/DeskPage');
await startTexts();

const element = document.getElementById('root');
if (element) {
  createRoot(element).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
