/** What to call someone whose name is not known yet. */
import i18next from 'i18next';

export const displayName = (name: string) => name || i18next.t('customer.unnamed');
