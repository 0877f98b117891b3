import { expect, test } from 'vitest';
import { contrastOf, palette } from './theme';

const steps = ['00', '33', '66', '80', '99', 'cc', 'ff'];
const colors = steps.flatMap((r) => steps.flatMap((g) => steps.map((b) => `#${r}${g}${b}`)));

test('every brand colour gives readable text', () => {
  for (const color of colors) {
    const { accent, onAccent, accentOnLight, accentOnDark } = palette(color);
    expect(contrastOf(accent, onAccent), color).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf(accentOnLight, '#f1f2f5'), color).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf(accentOnDark, '#2c2f38'), color).toBeGreaterThanOrEqual(4.5);
  }
});

test('what is no colour gives the default', () => {
  expect(palette('red; } * { display: none').accent).toBe('#2f5fd0');
});
