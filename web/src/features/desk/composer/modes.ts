/** The two ways to write in a contact, as actions with a key each. */
import type { TFunction } from 'i18next';
import type { Action } from '@/components/actions';
import type { Mode } from '@/features/desk/composer/content';

const KEYS = { reply: 'r', note: 'n' } as const;

export const modeAction = (t: TFunction, mode: Mode, run: () => void): Action => ({
  id: `composer.${mode}`,
  name: t(`composer.${mode}`),
  group: t('group.composer'),
  keys: KEYS[mode],
  run,
});
