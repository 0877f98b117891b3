/** A keyboard shortcut as key caps. */
import { useTranslation } from 'react-i18next';
import classes from './Keys.module.css';

const apple = /Mac|iP(hone|ad)/.test(navigator.platform);
const NAMES: Record<string, string> = {
  ...(apple && { mod: '⌘' }),
  alt: apple ? '⌥' : 'Alt',
  shift: '⇧',
  enter: '↵',
  arrowup: '↑',
  arrowdown: '↓',
  backspace: '⌫',
};

export function Keys({ keys }: { keys: string }) {
  const { t } = useTranslation();
  // Of all that is printed on keys, only this differs between keyboards: Strg on German ones.
  const names: Record<string, string> = { mod: t('key.control'), ...NAMES };
  return (
    <span className={classes.keys}>
      {keys.split(' ').flatMap((stroke, index) =>
        stroke.split(/\+(?=.)/).map((part) => (
          <kbd key={`${index}${part}`} className={classes.cap}>
            {names[part] ?? part.toUpperCase()}
          </kbd>
        )),
      )}
    </span>
  );
}
