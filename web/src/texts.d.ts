import type common from './locales/en.json';
import type compliance from './features/compliance/locales/en.json';
import type glass from './features/glass/locales/en.json';
import type live from './features/live/locales/en.json';
import type security from './features/security/locales/en.json';
import type setup from './features/setup/locales/en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: {
      common: typeof common;
      compliance: typeof compliance;
      glass: typeof glass;
      live: typeof live;
      security: typeof security;
      setup: typeof setup;
    };
    returnNull: false;
  }
}
