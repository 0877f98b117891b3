/** Where the visitor writes: text, files, send. */

import { fill, type Language } from '../language';
import { MAX_TEXT, type UploadedFile } from '../protocol';
import { h, say, show, turnWithText } from './dom';
import { icon } from './icon';
import { Tray, type TrayActions } from './tray';

export interface ComposerActions {
  maxBytes: number;
  upload: TrayActions['upload'];
  say(text: string, files: UploadedFile[]): void;
  typing(on: boolean): void;
  draft(text: string): void;
}

const TALLEST_PX = 128;
const STOPPED_MS = 4_000;

export class Composer {
  private readonly area: HTMLTextAreaElement;
  private readonly picker: HTMLInputElement;
  private readonly sendButton: HTMLButtonElement;
  private readonly problem = h('p', { class: 'wrong', role: 'alert', hidden: true });
  private readonly tray: Tray;
  private readonly turn: () => void;
  private stopTimer: ReturnType<typeof setTimeout> | undefined;
  readonly element: HTMLElement;

  constructor(
    private readonly language: Language,
    private readonly actions: ComposerActions,
    draft: string,
  ) {
    const { texts } = language;
    this.tray = new Tray(language, {
      maxBytes: actions.maxBytes,
      upload: (file, progress) => actions.upload(file, progress),
      changed: () => this.refresh(),
      complain: (text) => this.complain(text),
    });
    this.area = h('textarea', {
      rows: 1,
      placeholder: texts.placeholder,
      'aria-label': texts.placeholder,
      enterkeyhint: 'send',
      on: {
        input: () => this.edited(),
        keydown: (event: KeyboardEvent) => this.keyed(event),
        paste: (event: ClipboardEvent) => this.pasted(event),
        blur: () => actions.typing(false),
      },
    });
    this.area.value = draft;
    this.turn = turnWithText(this.area);
    this.picker = h('input', {
      type: 'file',
      multiple: true,
      hidden: true,
      on: { change: () => this.picked() },
    });
    this.sendButton = h(
      'button',
      {
        class: 'send',
        type: 'button',
        'aria-label': texts.send,
        on: { click: () => this.submit() },
      },
      icon('send'),
    );
    const attach = h(
      'button',
      {
        class: 'tool',
        type: 'button',
        'aria-label': texts.attach,
        on: { click: () => this.picker.click() },
      },
      icon('clip'),
    );
    this.element = h(
      'div',
      { class: 'composer' },
      this.tray.element,
      this.problem,
      h('div', { class: 'line' }, attach, this.picker, this.area, this.sendButton),
    );
    this.refresh();
  }

  focus(): void {
    this.area.focus();
  }

  /** Files that were dropped anywhere on the panel. */
  addFiles(files: File[]): void {
    if (files.length > 0) this.tray.add(files);
  }

  /** After the element has become visible or wider: the text decides the height. */
  fit(): void {
    this.area.style.height = 'auto';
    if (this.area.scrollHeight > 0) {
      this.area.style.height = `${Math.min(TALLEST_PX, this.area.scrollHeight)}px`;
    }
  }

  /** Takes over what another tab has typed, unless someone types here. */
  adopt(draft: string): void {
    if ((this.area.getRootNode() as ShadowRoot).activeElement === this.area) return;
    this.area.value = draft;
    this.refresh();
    this.fit();
  }

  clear(): void {
    this.area.value = '';
    this.tray.clear();
    this.fit();
    this.refresh();
  }

  private keyed(event: KeyboardEvent): void {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || composing) return;
    event.preventDefault();
    this.submit();
  }

  private edited(): void {
    this.fit();
    this.refresh();
    this.actions.draft(this.area.value);
    const writing = this.area.value.trim() !== '';
    this.actions.typing(writing);
    clearTimeout(this.stopTimer);
    if (writing) this.stopTimer = setTimeout(() => this.actions.typing(false), STOPPED_MS);
  }

  private submit(): void {
    const { texts } = this.language;
    const text = this.area.value.trim();
    const files = this.tray.uploaded;
    if (this.tray.uploading) return this.complain(texts.waitUpload);
    if (text.length > MAX_TEXT) return this.complain(fill(texts.textTooLong, { n: MAX_TEXT }));
    if (text === '' && files.length === 0) return;
    clearTimeout(this.stopTimer);
    this.actions.say(text, files);
    this.area.value = '';
    this.actions.draft('');
    this.tray.clearUploaded();
    this.fit();
    this.refresh();
    this.focus();
  }

  private pasted(event: ClipboardEvent): void {
    const files = Array.from(event.clipboardData?.files ?? []);
    if (files.length === 0) return;
    event.preventDefault();
    this.addFiles(files);
  }

  private picked(): void {
    this.addFiles(Array.from(this.picker.files ?? []));
    this.picker.value = '';
  }

  private complain(text: string): void {
    say(this.problem, text);
    show(this.problem, true);
  }

  private refresh(): void {
    this.turn();
    const { uploading, uploaded } = this.tray;
    const ready = !uploading && (this.area.value.trim() !== '' || uploaded.length > 0);
    this.sendButton.setAttribute('aria-disabled', String(!ready));
    if (!uploading && this.area.value.length <= MAX_TEXT) show(this.problem, false);
  }
}
