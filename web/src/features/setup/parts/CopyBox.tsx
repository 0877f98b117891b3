/** Text to take away: a snippet, a secret. */
import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './CopyBox.module.css';

export function CopyBox({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation(['setup', 'common']);
  return (
    <div className={classes.box}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- so that long lines can be scrolled by keys */}
      <pre className={classes.text} dir="ltr" tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={
              copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />
            }
            onClick={copy}
          >
            {copied ? t('copy.done') : t('copy.copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

/** A secret that is shown this once. */
export function Secret({ text, label, hint }: { text: string; label: string; hint: string }) {
  return (
    <div className={classes.secret} role="status">
      <strong>{label}</strong>
      <p>{hint}</p>
      <CopyBox text={text} label={label} />
    </div>
  );
}
