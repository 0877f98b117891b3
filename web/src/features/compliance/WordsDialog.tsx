/** Asks for the words that a step needs: how, why, what was done. */
import { useState } from 'react';
import { FormDialog } from '@/components/FormDialog';
import { WordsField } from '@/features/compliance/WordsField';

export function WordsDialog({
  title,
  label,
  busy = false,
  onDone,
  onClose,
}: {
  title: string;
  label: string;
  busy?: boolean;
  onDone: (words: string) => void;
  onClose: () => void;
}) {
  const [words, setWords] = useState('');
  return (
    <FormDialog
      title={title}
      ready={Boolean(words.trim())}
      busy={busy}
      onSubmit={() => onDone(words)}
      onClose={onClose}
    >
      <WordsField label={label} value={words} onChange={setWords} />
    </FormDialog>
  );
}
