import { describe, expect, it } from 'vitest';
import type { Draft } from '@/api/types';
import { isOnItsWay, met, type LocalDraft } from '@/features/desk/composer/stored';

const content = (text: string) => ({ text, html: null, attachments: [] });
const stored = (text: string, at = '12:00'): Draft => ({ ...content(text), updated_at: at });
const local = (text: string, at: string, apart = false): LocalDraft => ({
  ...content(text),
  at,
  apart,
});

describe('a draft whose stored copy arrives', () => {
  it('is the stored one where nothing was typed', () => {
    expect(met(stored('Dear Ada'), null, null)?.text).toBe('Dear Ada');
    expect(met(stored('Dear Ada, longer'), local('Dear Ada', '11:00'), null)?.text).toBe(
      'Dear Ada, longer',
    );
  });

  it('stays as it is where the stored one is what this browser had, or older, or nothing', () => {
    expect(met(stored('Dear Ada'), local('Dear Ada, dear', '12:01'), null)).toBeNull();
    expect(met(stored('Dear Ada'), local('Dear Ada', '11:00'), content('Dear Ada and'))).toBeNull();
    expect(met(stored(' '), null, content('Hi'))).toBeNull();
    expect(met(null, null, content('Hi'))).toBeNull();
  });

  it('keeps both the stored one and what was typed before it came', () => {
    expect(met(stored('Dear Ada'), null, content('Hi'))?.text).toBe('Dear Ada\n\nHi');
    expect(met(stored('Dear Ada'), local('Hi', '12:01', true), null)?.text).toBe('Dear Ada\n\nHi');
  });

  it('comes back where what was typed has been sent or taken out', () => {
    expect(met(stored('Dear Ada'), null, content(''))?.text).toBe('Dear Ada');
  });
});

describe('a stored draft beside what was sent', () => {
  it('is an earlier state of a letter that begins with it, and nothing else', () => {
    const letters = [{ body: content('Until tomorrow.'), key: 'k', at: 0 }];
    expect(isOnItsWay(stored('Until tom'), letters)).toBe(true);
    expect(isOnItsWay(stored('tomorrow.'), letters)).toBe(false);
    expect(isOnItsWay(stored('Until tom'), [])).toBe(false);
  });

  it('adds nothing to what came back and holds all of it', () => {
    expect(met(stored('two'), null, content('one\n\ntwo'))).toBeNull();
  });
});
