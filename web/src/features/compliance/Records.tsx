/** A register: what it is for, a way to add to it, and its records, or why there are none. */
import { Button } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useCan } from '@/api/session';
import type { Page } from '@/api/types';
import { Listing } from '@/components/Listing';
import { Empty } from '@/components/States';
import classes from '@/features/compliance/Compliance.module.css';

export function Records<T>({
  query,
  words,
  icon,
  row,
  register,
}: {
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  words: { lead: string; register: string; none: string; noneHint: string };
  icon: ReactNode;
  row: (one: T) => ReactNode;
  register: (onClose: () => void) => ReactNode;
}) {
  const writes = useCan('compliance.write');
  const [registering, setRegistering] = useState(false);
  return (
    <>
      <div className={classes.bar}>
        <p>{words.lead}</p>
        {writes && <Button onClick={() => setRegistering(true)}>{words.register}</Button>}
      </div>
      {registering && register(() => setRegistering(false))}
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
