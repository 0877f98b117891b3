/** Plain text with its links made clickable. */
import { Fragment } from 'react';
import classes from './Message.module.css';

const LINK = /(https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?])/g;

export function PlainBody({ text }: { text: string }) {
  return (
    <div className={classes.plain} dir="auto">
      {text.split(LINK).map((part, index) =>
        index % 2 === 1 ? (
          <a key={index} href={part} target="_blank" rel="noreferrer noopener">
            {part}
          </a>
        ) : (
          <Fragment key={index}>{part}</Fragment>
        ),
      )}
    </div>
  );
}
