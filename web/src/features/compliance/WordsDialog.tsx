/** Asks for the words that a step needs: how, why, what was done. */
import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

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
  const { t } = useTranslation(['compliance', 'common']);
  const [words, setWords] = useState('');
  return (
    <Modal opened title={title} onClose={onClose} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onDone(words);
        }}
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
        <Button type="submit" mt="md" disabled={!words.trim()}>
          {title}
        </Button>
      </form>
    </Modal>
  );
}
