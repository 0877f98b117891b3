import { describe, expect, it } from 'vitest';
import { moved, type Opened } from '@/features/setup/parts/opened';

describe('the panel of one thing', () => {
  const fresh: Opened = { id: 'new', key: 3, made: null };

  it('goes on as the panel of what was made in it, so that nothing typed is lost', () => {
    expect(moved({ ...fresh, made: 'a' }, 'a')).toEqual({ id: 'a', key: 3, made: null });
  });

  it('begins anew for another thing, and for a new one after one was made', () => {
    expect(moved({ ...fresh, made: 'a' }, 'b').key).toBe(4);
    expect(moved(fresh, 'a').key).toBe(4);
    expect(moved({ id: 'a', key: 3, made: null }, 'new').key).toBe(4);
  });

  it('does not take up what was made before when one comes back to it from an empty form', () => {
    const again = moved(moved({ ...fresh, made: 'a' }, 'a'), 'new');
    expect(moved(again, 'a').key).not.toBe(again.key);
  });

  it('stays as it is while the address does', () => {
    const now = { ...fresh, made: 'a' };
    expect(moved(now, 'new')).toBe(now);
  });
});
