/** Keeps the full-screen panel inside what the phone's keyboard leaves visible. */

const NARROW = '(max-width: 479.98px)';

/** Follows the visual viewport for as long as the page lives; `resized` is told after each change. */
export function followViewport(panel: HTMLElement, resized: () => void): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const follow = (): void => {
    const narrow = matchMedia(NARROW).matches;
    panel.style.height = narrow ? `${viewport.height}px` : '';
    panel.style.top = narrow ? `${viewport.offsetTop}px` : '';
    resized();
  };
  viewport.addEventListener('resize', follow);
  viewport.addEventListener('scroll', follow);
  follow();
}
