/** The composer, once the thread is painted; who presses one of its keys before gets it at once. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useActions } from '@/components/actions';
import { Later } from '@/components/Later';
import { Composer, type ComposerProps } from '@/features/desk/composer/Composer';
import type { Mode } from '@/features/desk/composer/content';
import { modeAction } from '@/features/desk/composer/modes';
import classes from './Composer.module.css';

export function ComposerLater(props: ComposerProps) {
  const [wanted, setWanted] = useState<Mode | null>(null);
  return (
    <Later
      meanwhile={<Place resolved={props.row.status === 'resolved'} onWanted={setWanted} />}
      now={wanted !== null}
    >
      <Composer {...props} wanted={wanted} />
    </Later>
  );
}

function Place({ resolved, onWanted }: { resolved: boolean; onWanted: (mode: Mode) => void }) {
  const { t } = useTranslation();
  const modes: readonly Mode[] = resolved ? ['note'] : ['reply', 'note'];
  useActions(modes.map((mode) => modeAction(t, mode, () => onWanted(mode))));
  return <div className={classes.soon} />;
}
