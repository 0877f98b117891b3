/** Builds elements without markup strings: text stays text. */

type Child = Node | string | null;

interface Props {
  class?: string;
  on?: Partial<Record<string, (event: never) => void>>;
  [attribute: string]: unknown;
}

/** An element with attributes (`true` sets an empty one; false and null leave it out), listeners and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(props.on ?? {})) {
        element.addEventListener(event, listener as EventListener);
      }
    } else attribute(element, name, value);
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

export function attribute(element: Element, name: string, value: unknown): void {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value))
    element.setAttribute(name, value === true ? '' : String(value));
}

export function show(element: HTMLElement, visible: boolean): void {
  if (element.hidden === visible) element.hidden = !visible;
}

/** Sets text only when it differs, so that live regions do not repeat themselves. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Text turns to the side that it is written from; while there is none, ours decides. Answers how to look again. */
export function turnWithText(input: HTMLInputElement | HTMLTextAreaElement): () => void {
  const turn = (): void => attribute(input, 'dir', input.value === '' ? null : 'auto');
  input.addEventListener('input', turn);
  turn();
  return turn;
}

export function replace(element: HTMLElement, ...children: Child[]): void {
  element.textContent = '';
  for (const child of children) if (child !== null) element.append(child);
}
