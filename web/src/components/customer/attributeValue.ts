/** What a person types, as the value of an attribute. */
import type { AttributeField, AttributeValue } from '@/api/types';

/** What was typed as the attribute's kind asks for it; null for nothing. */
export function parsed(field: AttributeField, text: string): AttributeValue {
  if (text === '') return null;
  if (field.kind === 'boolean') return text === 'true';
  return field.kind === 'number' ? Number(text) : text;
}
