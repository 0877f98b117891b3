/** Finds web addresses in plain text; nothing but http and https ever becomes a link. */

export interface Piece {
  text: string;
  href: string | null;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/;
const TRAILING = /[.,;:!?…)\]}»]+$/;

/** Cuts text into plain pieces and links, in order; joined together they give the text again. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  const search = new RegExp(ADDRESS, 'gi');
  let at = 0;
  for (let match = search.exec(text); match; match = search.exec(text)) {
    const address = trim(match[0]);
    const href = safeHref(address);
    if (href === null) continue;
    const start = match.index;
    if (start > at) found.push({ text: text.slice(at, start), href: null });
    found.push({ text: address, href });
    at = start + address.length;
  }
  if (at < text.length) found.push({ text: text.slice(at), href: null });
  return found;
}

/** The address when it is http or https, null when not. `base` resolves relative ones. */
export function safeHref(address: string, base?: string): string | null {
  try {
    const url = new URL(address, base);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

/** Takes off the sentence's punctuation, but keeps a closing bracket that the address itself opened. */
function trim(address: string): string {
  const tail = TRAILING.exec(address)?.[0] ?? '';
  let kept = address.slice(0, address.length - tail.length);
  for (const sign of tail) {
    if (sign !== ')' || count(kept, '(') <= count(kept, ')')) break;
    kept += sign;
  }
  return kept;
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
