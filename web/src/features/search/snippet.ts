/** Snippets of search hits. */

/** Words between « and » are the ones that were found. */
export function splitSnippet(snippet: string): { text: string; found: boolean }[] {
  return snippet
    .split(/(«[^»]*»)/)
    .filter((part) => part !== '')
    .map((part) =>
      part.startsWith('«')
        ? { text: part.slice(1, -1), found: true }
        : { text: part, found: false },
    );
}
