/** Starts the desktop. */
import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import '@/app/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/App';
import { startTexts } from '@/app/i18n';
import { forgetSession } from '@/api/session';
import { setSignedOutHandler } from '@/api/http';
import { router } from '@/app/router';

setSignedOutHandler(() => {
  if (router.state.location.pathname === '/sign-in') return;
  forgetSession();
  void router.navigate({ to: '/sign-in', search: { to: router.state.location.href } });
});

await startTexts();

const element = document.getElementById('root');
if (element) {
  createRoot(element).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
