/** Recovery codes, shown this once, to be kept where the telephone is not. */
import { Button, CopyButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './Security.module.css';

export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation('security');
  return (
    <div className={classes.form} role="status">
      <strong>{t('codes.title')}</strong>
      <p className={classes.hint}>{t('codes.hint')}</p>
      <ul className={classes.codes} dir="ltr">
        {codes.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <div className={classes.line}>
        <Button onClick={onDone}>{t('codes.kept')}</Button>
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? t('codes.copied') : t('codes.copy')}
            </Button>
          )}
        </CopyButton>
      </div>
    </div>
  );
}
