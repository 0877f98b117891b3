/** How replies and notes fail: when one may have arrived all the same, and what is said of one that comes back. */
import i18next from 'i18next';
import { ApiError } from '@/api/http';
import { errorText } from '@/components/errors';
import { showToast } from '@/components/toasts';

export const failing = (name: 'composer.notSent' | 'composer.noteNotAdded') => ({
  lost: (error: unknown) => error instanceof ApiError && error.status === 0,
  onFailed: (error: unknown) => {
    const detail = error == null ? {} : { detail: errorText(error) };
    showToast({ tone: 'bad', text: i18next.t(name), ...detail }, 10);
  },
});
