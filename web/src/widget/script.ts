/** What the page says about the widget on its script tag. */

export interface ScriptOptions {
  /** Where the script came from, and where everything else is fetched: `https://host`. */
  origin: string;
  key: string;
  token: string | null;
  /** Overrides the language of the widget's settings. */
  language: string | null;
  nonce: string;
}

/** Null when the tag has no `data-key` or is not to be found. */
export function readScript(): ScriptOptions | null {
  const current = document.currentScript as HTMLScriptElement | null;
  const script =
    current ?? document.querySelector<HTMLScriptElement>('script[data-key][src*="widget.js"]');
  const key = script?.dataset.key;
  if (!script || !key) return null;
  return {
    origin: new URL(script.src).origin,
    key,
    token: script.dataset.token || null,
    language: script.dataset.language || null,
    nonce: script.nonce ?? '',
  };
}
