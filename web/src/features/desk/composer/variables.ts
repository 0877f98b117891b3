/** Variables of macros: `{{customer.name}}` and the like. */

export interface Values {
  'customer.name': string;
  'customer.first_name': string;
  'agent.name': string;
  'agent.first_name': string;
  'brand.name': string;
  'case.number': string;
}

const VARIABLE = /\{\{\s*([\w.]+)\s*\}\}/g;

export const firstName = (name: string) => name.trim().split(/\s+/)[0] ?? '';

/** The text with every known, non-empty variable filled in; others stay to be seen. */
export function fillVariables(text: string, values: Values): string {
  return text.replace(VARIABLE, (whole, name: string) => values[name as keyof Values] || whole);
}

/** The variables that are still in a text. */
export function openVariables(text: string): string[] {
  return [...new Set(text.match(VARIABLE) ?? [])];
}
