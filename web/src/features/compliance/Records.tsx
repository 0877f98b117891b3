/** A register: what it is for, a way to add to it, and its records, or why there are none. */
import { Button } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/api/session';
import type { Page } from '@/api/types';
import { useActions, type Action } from '@/components/actions';
import { Listing } from '@/components/Listing';
import { Empty } from '@/components/States';
import classes from '@/features/compliance/Compliance.module.css';

export function Records<T>({
  query,
  words,
  icon,
  row,
  form,
}: {
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  words: { lead: string; register: string; none: string; noneHint: string };
  icon: ReactNode;
  row: (one: T) => ReactNode;
  form: (onClose: () => void) => ReactNode;
}) {
  const writes = useCan('compliance.write');
  const [registering, setRegistering] = useState(false);
  const register: Action = {
    id: 'compliance.register',
    name: words.register,
    group: useTranslation().t('place.compliance'),
    run: () => setRegistering(true),
  };
  useActions(writes ? [register] : []);
  return (
    <>
      <div className={classes.bar}>
        <p>{words.lead}</p>
        {writes && <Button onClick={() => setRegistering(true)}>{words.register}</Button>}
      </div>
      {registering && form(() => setRegistering(false))}
      <Listing
        query={query}
        none={
          <Empty icon={icon} title={words.none}>
            {words.noneHint}
          </Empty>
        }
      >
        {(items) => <ul className={classes.list}>{items.map(row)}</ul>}
      </Listing>
    </>
  );
}
