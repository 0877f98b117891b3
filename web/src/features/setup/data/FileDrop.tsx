/** A place to drop a file on, or to choose one. */
import { Button, FileButton } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './Data.module.css';

export function FileDrop({
  busy,
  disabled = false,
  onFile,
}: {
  busy: boolean;
  disabled?: boolean;
  onFile: (file: File) => void;
}) {
  const { t } = useTranslation('setup');
  const [over, setOver] = useState(false);
  const take = (file: File | null | undefined) => {
    if (file && !busy && !disabled) onFile(file);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <div
      className={classes.drop}
      data-over={over && !disabled}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <IconFileImport size={28} stroke={1.4} aria-hidden />
      <span>{t('imports.drop')}</span>
      <FileButton onChange={take} disabled={disabled || busy}>
        {(props) => (
          <Button {...props} variant="default" loading={busy} disabled={disabled}>
            {t('imports.choose')}
          </Button>
        )}
      </FileButton>
      {disabled && <span>{t('imports.programFirst')}</span>}
    </div>
  );
}
