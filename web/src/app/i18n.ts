/** Texts: `common` from src/locales, one more namespace per feature that has a locales folder. */
import i18next, { type BackendModule, type ReadCallback, type ResourceKey } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { queryClient } from '@/api/client';
import { intlLocale, isolate, LANGUAGES } from '@/components/languages';

type TextFile = () => Promise<{ default: ResourceKey }>;

const files: Record<string, TextFile> = {
  ...(import.meta.glob('../locales/*.json') as Record<string, TextFile>),
  ...(import.meta.glob('../features/*/locales/*.json') as Record<string, TextFile>),
};

function fileOf(language: string, namespace: string): TextFile | undefined {
  return namespace === 'common'
    ? files[`../locales/${language}.json`]
    : files[`../features/${namespace}/locales/${language}.json`];
}

const backend: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: (language: string, namespace: string, callback: ReadCallback) => {
    const file = fileOf(language, namespace);
    if (!file) {
      callback(new Error(`no texts for ${language}/${namespace}`), false);
      return;
    }
    file().then(
      (module) => callback(null, module.default),
      (error: unknown) => callback(error as Error, false),
    );
  },
};

export async function startTexts(): Promise<void> {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
    document.documentElement.dir = i18next.dir(language);
    void queryClient.invalidateQueries(); // some of it the server told in the language before
  });
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: document.documentElement.lang, // public/theme.js has chosen it
      fallbackLng: false, // every language has every text: one file is loaded, not two
      supportedLngs: [...LANGUAGES],
      load: 'currentOnly',
      showSupportNotice: false,
      ns: ['common'],
      defaultNS: 'common',
      interpolation: { escape: (value: string) => isolate(value, i18next.dir()) },
      returnNull: false,
    });
  i18next.services.formatter?.add('number', (value, language) =>
    new Intl.NumberFormat(intlLocale(language ?? 'en')).format(Number(value)),
  );
}
