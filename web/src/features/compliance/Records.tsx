/** A register: what it is for, a way to add to it, and its records, or why there are none. */
import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useCan } from '@/api/session';
import type { Page } from '@/api/types';
import { Empty, Failed, RowSkeletons } from '@/components/States';
import classes from '@/features/compliance/Compliance.module.css';

export function Records<T>({
  query,
  words,
  icon,
  row,
  register,
}: {
  query: UseQueryResult<Page<T>>;
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
      {query.isPending ? (
        <RowSkeletons />
      ) : query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : query.data.items.length === 0 ? (
        <Empty icon={icon} title={words.none}>
          {words.noneHint}
        </Empty>
      ) : (
        <ul className={classes.list}>{query.data.items.map(row)}</ul>
      )}
    </>
  );
}
