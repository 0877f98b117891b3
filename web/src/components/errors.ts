/** Errors in words: what happened and what to do. */
import i18next from 'i18next';
import { ApiError } from '@/api/http';
import { showToast } from '@/components/toasts';

/** One sentence for a person. */
export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return i18next.t('error.unknown');
  if (error.status === 0) return i18next.t('error.network');
  if (error.status === 403) return error.detail || i18next.t('error.forbidden');
  if (error.status === 404) return error.detail || i18next.t('error.missing');
  if (error.status === 429) return i18next.t('error.throttled');
  if (error.status >= 500) return i18next.t('error.server');
  return error.detail || error.title || i18next.t('error.unknown');
}

/** For `onError` of mutations: says it in a toast. */
export function toastError(error: unknown): void {
  showToast({ tone: 'bad', text: errorText(error) }, 8);
}
