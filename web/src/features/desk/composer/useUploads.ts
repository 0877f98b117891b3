/** Files on their way to the server, to be sent with the reply. */
import { useState } from 'react';
import { conversationsApi } from '@/api/conversations';
import { newKey } from '@/api/http';
import type { Attachment } from '@/api/types';
import { toastError } from '@/components/errors';

export interface Upload {
  key: string;
  name: string;
  size: number;
  attachment: Attachment | null;
}

export interface Uploads {
  files: readonly Upload[];
  busy: boolean;
  add: (files: readonly File[]) => void;
  remove: (key: string) => void;
  restore: (files: readonly Upload[]) => void;
  clear: () => void;
}

export function useUploads(clientId: string): Uploads {
  const [files, setFiles] = useState<readonly Upload[]>([]);
  const remove = (key: string) => setFiles((now) => now.filter((one) => one.key !== key));
  const add = (chosen: readonly File[]) => {
    for (const file of chosen) {
      const key = newKey();
      setFiles((now) => [...now, { key, name: file.name, size: file.size, attachment: null }]);
      conversationsApi.upload(file, clientId).then(
        (attachment) =>
          setFiles((now) => now.map((one) => (one.key === key ? { ...one, attachment } : one))),
        (error: unknown) => {
          remove(key);
          toastError(error);
        },
      );
    }
  };
  return {
    files,
    busy: files.some((one) => one.attachment === null),
    add,
    remove,
    restore: setFiles,
    clear: () => setFiles([]),
  };
}
