/** The files chosen for the next message: checked, uploaded at once, shown with their progress. */

import { ApiError, type Upload } from '../api';
import { fill, type Language } from '../language';
import { MAX_FILES, type UploadedFile } from '../protocol';
import { h, replace, say } from './dom';
import { size } from './format';
import { icon } from './icon';

interface Item {
  file: File;
  element: HTMLElement;
  note: HTMLElement;
  bar: HTMLProgressElement;
  upload: Upload | null;
  uploaded: UploadedFile | null;
}

export interface TrayActions {
  maxBytes: number;
  upload(file: File, progress: (share: number) => void): Promise<Upload>;
  changed(): void;
  complain(text: string): void;
}

export class Tray {
  private items: Item[] = [];
  readonly element = h('div', { class: 'tray', hidden: true });

  constructor(
    private readonly language: Language,
    private readonly actions: TrayActions,
  ) {}

  get uploading(): boolean {
    return this.items.some((item) => item.uploaded === null && item.note.className !== 'wrong');
  }

  get uploaded(): UploadedFile[] {
    return this.items
      .map((item) => item.uploaded)
      .filter((file): file is UploadedFile => file !== null);
  }

  add(files: File[]): void {
    const { texts } = this.language;
    for (const file of files) {
      if (this.items.length >= MAX_FILES) {
        this.actions.complain(fill(texts.tooManyFiles, { n: MAX_FILES }));
        break;
      }
      this.addOne(file);
    }
    this.render();
  }

  /** Forgets what was sent; what failed stays, so that it can be tried again. */
  clearUploaded(): void {
    this.items = this.items.filter((item) => item.uploaded === null);
    this.render();
  }

  clear(): void {
    this.items.forEach((item) => item.upload?.cancel());
    this.items = [];
    this.render();
  }

  private addOne(file: File): void {
    const { texts } = this.language;
    const item: Item = {
      file,
      element: h('div', { class: 'chip' }),
      note: h('span', { class: 'note' }, size(file.size, this.language)),
      bar: h('progress', { max: 1, value: 0, 'aria-label': file.name }),
      upload: null,
      uploaded: null,
    };
    const remove = h(
      'button',
      {
        class: 'tool small',
        type: 'button',
        'aria-label': fill(texts.remove, { name: file.name }),
        on: { click: () => this.remove(item) },
      },
      icon('close'),
    );
    const words = h(
      'span',
      { class: 'chip-words' },
      h('span', { class: 'file-name', dir: 'auto' }, file.name),
      item.note,
    );
    item.element.append(icon('file'), words, item.bar, remove);
    this.items.push(item);
    if (file.size > this.actions.maxBytes) {
      const limit = size(this.actions.maxBytes, this.language);
      this.wrong(item, fill(texts.fileTooLarge, { size: limit }));
    } else void this.send(item);
  }

  private async send(item: Item): Promise<void> {
    const { texts } = this.language;
    item.note.className = 'note';
    item.bar.hidden = false;
    try {
      item.upload = await this.actions.upload(item.file, (share) => {
        item.bar.value = share;
        say(item.note, fill(texts.uploading, { n: Math.round(share * 100) }));
      });
      item.uploaded = await item.upload.done;
      item.bar.hidden = true;
      say(item.note, size(item.file.size, this.language));
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      if (status === 413)
        this.wrong(
          item,
          fill(texts.fileTooLarge, { size: size(this.actions.maxBytes, this.language) }),
        );
      else if (status === 400 || status === 415 || status === 422)
        this.wrong(item, texts.fileRefused);
      else this.wrong(item, texts.uploadFailed, true);
    }
    this.actions.changed();
  }

  private wrong(item: Item, text: string, canRetry = false): void {
    item.bar.hidden = true;
    item.note.className = 'wrong';
    item.note.setAttribute('role', 'alert');
    const again = (): void => void this.send(item);
    const { texts } = this.language;
    replace(
      item.note,
      `${text} `,
      canRetry
        ? h('button', { class: 'link', type: 'button', on: { click: again } }, texts.again)
        : null,
    );
  }

  private remove(item: Item): void {
    item.upload?.cancel();
    this.items = this.items.filter((other) => other !== item);
    this.render();
  }

  private render(): void {
    replace(this.element, ...this.items.map((item) => item.element));
    this.element.hidden = this.items.length === 0;
    this.actions.changed();
  }
}
