import { describe, expect, it } from 'vitest';
import type { AttributeField, AttributeKind } from '@/api/types';
import { parsed } from '@/components/customer/attributeValue';

const field = (kind: AttributeKind): AttributeField => ({
  key: 'one',
  label: 'One',
  kind,
  choices: [],
  sensitive: true,
  exact: true,
});

describe('parsed', () => {
  it('takes what was typed as the kind asks for it', () => {
    expect(parsed(field('text'), '007')).toBe('007');
    expect(parsed(field('number'), '007')).toBe(7);
    expect(parsed(field('boolean'), 'true')).toBe(true);
    expect(parsed(field('boolean'), 'false')).toBe(false);
    expect(parsed(field('date'), '1990-01-31')).toBe('1990-01-31');
  });

  it('takes nothing as no value, whatever the kind', () => {
    for (const kind of ['text', 'number', 'boolean', 'date', 'choice'] as const)
      expect(parsed(field(kind), '')).toBeNull();
  });
});
