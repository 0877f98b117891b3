import { describe, expect, it } from 'vitest';
import { clashes, rebased, rebasedList, settled } from '@/features/setup/parts/rebase';

describe('what was typed, over what somebody else saved', () => {
  it('keeps the fields that were typed and takes in the others', () => {
    const before = { name: 'Night', purpose: '', version: 1 };
    const mine = { ...before, purpose: 'Reads along' };
    const theirs = { name: 'Night watch', purpose: 'Reads', version: 2 };
    expect(rebased(before, mine, theirs)).toEqual({
      name: 'Night watch',
      purpose: 'Reads along',
      version: 2,
    });
  });

  const list = (mine: string, theirs: string) =>
    rebasedList([...'abc'], [...mine], [...theirs], (one) => one).join('');

  it('takes entries in and out that the other did', () => {
    expect(list('abcx', 'acy')).toBe('acxy');
  });

  it('does not bring back what was taken out, nor doubles what both added', () => {
    expect(list('bc', 'abc')).toBe('bc');
    expect(list('abcx', 'abcx')).toBe('abcx');
  });

  it('keeps an entry that was changed here, though it was changed or taken out there', () => {
    const field = (key: string, label: string) => ({ key, label });
    const keyOf = (one: { key: string }) => one.key;
    const before = [field('tier', 'Tier'), field('plan', 'Plan')];
    const mine = [field('tier', 'Level'), field('plan', 'Plan')];
    expect(
      rebasedList(before, mine, [field('tier', 'Rank'), field('plan', 'Deal')], keyOf),
    ).toEqual([field('tier', 'Level'), field('plan', 'Deal')]);
    expect(rebasedList(before, mine, [], keyOf)).toEqual([field('tier', 'Level')]);
  });
});

describe('two people at the same thing', () => {
  const before = { name: 'Night', purpose: '', team: 'a' };

  it('clash where they made different things of one field', () => {
    expect(clashes(before, { ...before, name: 'Mine' }, { ...before, name: 'Theirs' })).toBe(true);
    const mine = { ...before, name: 'Mine', purpose: 'x' };
    expect(clashes(before, mine, { ...before, name: 'Theirs' }, ['purpose'])).toBe(false);
  });

  it('do not where each changed another field, or both said the same', () => {
    expect(clashes(before, { ...before, name: 'Mine' }, { ...before, purpose: 'x' })).toBe(false);
    expect(clashes(before, { ...before, name: 'Dawn' }, { ...before, name: 'Dawn' })).toBe(false);
  });
});

describe('a form whose values were saved', () => {
  const sent = { name: ' Ada', password: 'secret', client: 'a' };
  const kept = { name: 'Ada', password: '', client: 'a' };

  it('shows what is kept, and what was typed since', () => {
    expect(settled(sent, sent, kept, [])).toEqual(kept);
    expect(settled(sent, { ...sent, name: ' Ada L' }, kept, [])).toEqual({
      ...kept,
      name: ' Ada L',
    });
  });

  it('leaves what cannot be changed any more as it was made', () => {
    const now = { ...sent, name: 'Ada L', client: 'b' };
    expect(settled(sent, now, kept, ['client'])).toEqual({ ...kept, name: 'Ada L' });
  });
});
