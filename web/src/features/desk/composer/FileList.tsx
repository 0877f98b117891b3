/** The files of a reply: those that are there, and those on their way. */
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Attachment } from '@/api/types';
import { useFormat } from '@/components/format';
import type { Upload } from '@/features/desk/composer/useUploads';
import classes from './Composer.module.css';

export function FileList({
  files,
  waiting,
  onRemove,
  onCancel,
}: {
  files: readonly Attachment[];
  waiting: readonly Upload[];
  onRemove: (fileId: string) => void;
  onCancel: (key: string) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  if (files.length + waiting.length === 0) return null;
  return (
    <ul className={classes.uploads} aria-label={t('thread.files')}>
      {files.map((file) => (
        <li key={file.file_id}>
          <span className={classes.uploadName}>{file.name}</span>
          <span className={classes.saved}>{format.bytes(file.size)}</span>
          <Remove name={file.name} onClick={() => onRemove(file.file_id)} />
        </li>
      ))}
      {waiting.map((file) => (
        <li key={file.key} aria-busy>
          <span className={classes.uploadName}>{file.name}</span>
          <span className={classes.saved}>{t('composer.uploading')}</span>
          <Remove name={file.name} onClick={() => onCancel(file.key)} />
        </li>
      ))}
    </ul>
  );
}

function Remove({ name, onClick }: { name: string; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <button type="button" aria-label={t('composer.removeFile', { name })} onClick={onClick}>
      <IconX size={14} />
    </button>
  );
}
