/** Asks for the words that a step needs: how, why, what was done. */
import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '@/components/FormDialog';

export function WordsDialog({
  title,
  label,
  onDone,
  onClose,
}: {
  title: string;
  label: string;
  onDone: (words: string) => void;
  onClose: () => void;
}) {
  const [words, setWords] = useState('');
  return (
    <FormDialog
      title={title}
      ready={Boolean(words.trim())}
      onSubmit={() => onDone(words)}
      onClose={onClose}
    >
      <Textarea
        label={label}
        autosize
        minRows={3}
        maxLength={2000}
        data-autofocus
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
