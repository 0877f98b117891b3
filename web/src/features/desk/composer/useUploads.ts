/** Files on their way to the server, to be sent with the reply. */
import { useEffect, useRef, useState } from 'react';
import { conversationsApi } from '@/api/conversations';
import { newKey } from '@/api/http';
import type { Attachment } from '@/api/types';
import { toastError } from '@/components/errors';

export interface Upload {
  key: string;
  name: string;
}

export interface Uploads {
  waiting: readonly Upload[];
  add: (files: readonly File[]) => void;
  cancel: (key: string) => void;
}

/** Hands each file to `onStored` once the server has it, unless it was cancelled or the place was left. */
export function useUploads(
  clientId: string,
  onStored: (file: Attachment) => void,
  onFailed: () => void,
): Uploads {
  const [waiting, setWaiting] = useState<readonly Upload[]>([]);
  const wanted = useRef(new Set<string>());
  const told = useRef({ onStored, onFailed });
  useEffect(() => {
    told.current = { onStored, onFailed };
  });
  useEffect(() => {
    const keys = wanted.current;
    return () => keys.clear();
  }, []);
  const cancel = (key: string) => {
    wanted.current.delete(key);
    setWaiting((now) => now.filter((one) => one.key !== key));
  };
  const add = (chosen: readonly File[]) => {
    for (const file of chosen) {
      const key = newKey();
      wanted.current.add(key);
      setWaiting((now) => [...now, { key, name: file.name }]);
      conversationsApi.upload(file, clientId).then(
        (attachment) => {
          if (wanted.current.has(key)) told.current.onStored(attachment);
          cancel(key);
        },
        (error: unknown) => {
          if (wanted.current.has(key)) {
            toastError(error);
            told.current.onFailed();
          }
          cancel(key);
        },
      );
    }
  };
  return { waiting, add, cancel };
}
