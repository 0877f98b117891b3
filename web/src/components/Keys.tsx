/** A keyboard shortcut as key caps. */
import classes from './Keys.module.css';

const apple = /Mac|iP(hone|ad)/.test(navigator.platform);
const NAMES: Record<string, string> = {
  mod: apple ? '⌘' : 'Ctrl',
  alt: apple ? '⌥' : 'Alt',
  shift: '⇧',
  enter: '↵',
  escape: 'Esc',
  arrowup: '↑',
  arrowdown: '↓',
  backspace: '⌫',
};

export function Keys({ keys }: { keys: string }) {
  return (
    <span className={classes.keys}>
      {keys.split(' ').flatMap((stroke, index) =>
        stroke.split(/\+(?=.)/).map((part) => (
          <kbd key={`${index}${part}`} className={classes.cap}>
            {NAMES[part] ?? part.toUpperCase()}
          </kbd>
        )),
      )}
    </span>
  );
}
