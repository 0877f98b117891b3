/** The words that a step needs: typed at once where the dialog opens. */
import { Textarea } from '@mantine/core';

export function WordsField({
  label,
  rows = 3,
  value,
  onChange,
}: {
  label: string;
  rows?: number;
  value: string;
  onChange: (words: string) => void;
}) {
  return (
    <Textarea
      label={label}
      autosize
      minRows={rows}
      maxLength={2000}
      data-autofocus
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
