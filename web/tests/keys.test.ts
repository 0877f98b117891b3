import { describe, expect, it } from 'vitest';
import { strokeOf } from '@/components/actions';

const press = (key: string, code: string, held: Partial<KeyboardEvent> = {}) =>
  strokeOf({ key, code, ...held } as KeyboardEvent);

describe('the stroke of a key', () => {
  it('is its letter, wherever that stands on a Latin keyboard', () => {
    expect(press('j', 'KeyJ')).toBe('j');
    expect(press('a', 'KeyQ')).toBe('a');
    expect(press('E', 'KeyE', { shiftKey: true })).toBe('shift+e');
    expect(press('/', 'Digit7', { shiftKey: true })).toBe('/');
    expect(press('?', 'Minus', { shiftKey: true })).toBe('?');
  });
  it('is the Latin letter of the same key on any other', () => {
    expect(press('\u062a', 'KeyJ')).toBe('j');
    expect(press('\u043e', 'KeyJ')).toBe('j');
    expect(press('\u043b', 'KeyK', { ctrlKey: true })).toBe('mod+k');
    expect(press('\u0423', 'KeyE', { shiftKey: true })).toBe('shift+e');
    expect(press('\u0663', 'Digit3')).toBe('3');
    expect(press('\u061f', 'Slash', { shiftKey: true })).toBe('?');
  });
  it('is what is printed on the key where alt types something else', () => {
    expect(press('\u00e5', 'KeyA', { altKey: true })).toBe('alt+a');
  });
  it('keeps the names of keys that type nothing', () => {
    expect(press('Enter', 'Enter', { ctrlKey: true })).toBe('mod+enter');
  });
});
