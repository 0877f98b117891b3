/** A button for what cannot be undone: pressed once it asks, pressed again it does it; a double click only asks. */
import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { confirms } from '@/components/confirms';

export function SureButton({
  children,
  sure,
  busy,
  onSure,
}: {
  children: ReactNode;
  /** What it says before it does it. */
  sure: string;
  busy: boolean;
  onSure: () => void;
}) {
  const [asked, setAsked] = useState(false);
  return (
    <Button
      size="compact-sm"
      variant={asked ? 'filled' : 'default'}
      {...(asked && { color: 'red' })}
      loading={busy}
      onBlur={() => setAsked(false)}
      onClick={asked ? confirms(onSure) : () => setAsked(true)}
    >
      {asked ? sure : children}
    </Button>
  );
}
