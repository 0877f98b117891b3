/** Files of a message: images as previews, the rest as named links. */
import { Modal } from '@mantine/core';
import {
  IconDownload,
  IconFile,
  IconFileTypePdf,
  IconFileTypeZip,
  IconMusic,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fileUrl } from '@/api/conversations';
import type { Attachment } from '@/api/types';
import { useFormat } from '@/components/format';
import classes from './Message.module.css';

const SHOWABLE = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

function FileIcon({ mediaType }: { mediaType: string }) {
  const Icon = mediaType.includes('pdf')
    ? IconFileTypePdf
    : mediaType.includes('zip')
      ? IconFileTypeZip
      : mediaType.startsWith('audio/')
        ? IconMusic
        : IconFile;
  return <Icon size={20} stroke={1.5} aria-hidden />;
}

export function Attachments({ files }: { files: readonly Attachment[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [shown, setShown] = useState<Attachment | null>(null);
  if (files.length === 0) return null;
  return (
    <>
      <ul className={classes.files} aria-label={t('thread.files')}>
        {files.map((file) => (
          <li key={file.file_id}>
            {SHOWABLE.has(file.media_type) ? (
              <button
                type="button"
                className={classes.image}
                onClick={() => setShown(file)}
                title={file.name}
              >
                <img src={fileUrl(file.file_id)} alt={file.name} loading="lazy" />
              </button>
            ) : (
              <a className={classes.file} href={fileUrl(file.file_id)} download={file.name}>
                <FileIcon mediaType={file.media_type} />
                <span className={classes.fileName} dir="auto">
                  {file.name}
                </span>
                <span className={classes.quiet}>{format.bytes(file.size)}</span>
              </a>
            )}
          </li>
        ))}
      </ul>
      <Modal opened={shown !== null} onClose={() => setShown(null)} size="auto" title={shown?.name}>
        {shown && (
          <>
            <img className={classes.large} src={fileUrl(shown.file_id)} alt={shown.name} />
            <p>
              <a href={fileUrl(shown.file_id)} download={shown.name}>
                <IconDownload size={14} aria-hidden />{' '}
                {t('thread.download', { size: format.bytes(shown.size) })}
              </a>
            </p>
          </>
        )}
      </Modal>
    </>
  );
}
