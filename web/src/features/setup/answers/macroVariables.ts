/** The variables that macros know, with an example of each for the preview. */

export const SAMPLES: Record<string, string> = {
  'customer.name': 'Ellen Marsh',
  'customer.first_name': 'Ellen',
  'agent.name': 'Jonas Weber',
  'agent.first_name': 'Jonas',
  'brand.name': '',
  'case.number': '10432',
};

const VARIABLE = /\{\{\s*([\w.]+)\s*\}\}/g;

export interface Piece {
  text: string;
  kind: 'plain' | 'filled' | 'open';
}

/** The text in pieces: filled variables and those that the agent must fill by hand are marked. */
export function piecesOf(body: string, values: Record<string, string>): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of body.matchAll(VARIABLE)) {
    if (match.index > from) pieces.push({ text: body.slice(from, match.index), kind: 'plain' });
    const value = values[match[1] ?? ''];
    pieces.push(value ? { text: value, kind: 'filled' } : { text: match[0], kind: 'open' });
    from = match.index + match[0].length;
  }
  if (from < body.length) pieces.push({ text: body.slice(from), kind: 'plain' });
  return pieces;
}
