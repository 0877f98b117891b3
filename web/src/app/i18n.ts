/** Texts: `common` from src/locales, one more namespace per feature that has a locales folder. */
import i18next, { type BackendModule, type ReadCallback, type ResourceKey } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { readPreferences } from '@/components/preferences';

export const LANGUAGES = ['en', 'de'] as const;

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

function firstLanguage(): string {
  const chosen = readPreferences().language ?? navigator.language;
  return LANGUAGES.find((language) => chosen.startsWith(language)) ?? 'en';
}

export async function startTexts(): Promise<void> {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
    document.documentElement.dir = i18next.dir(language);
  });
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: firstLanguage(),
      fallbackLng: 'en',
      supportedLngs: [...LANGUAGES],
      ns: ['common'],
      defaultNS: 'common',
      interpolation: { escapeValue: false },
      returnNull: false,
    });
}
