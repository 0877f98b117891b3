/** The widget on a page: opens and closes it, keeps its views up to date, and offers the page a small API. */

import { Api } from './api';
import { Emitter, type EventName, type Listener } from './emitter';
import { language } from './language';
import type { Config } from './protocol';
import type { ScriptOptions } from './script';
import { Session } from './session';
import { browserStorage } from './storage';
import { markTitle } from './title';
import { Launcher } from './view/launcher';
import { Panel } from './view/panel';
import { makeRoot } from './view/root';
import { followViewport } from './viewport';

const CONFIG_FRESH_MS = 60_000;
const OPEN = 'open';

export class App {
  private readonly session: Session;
  private readonly panel: Panel;
  private readonly launcher: Launcher;
  private readonly frame: HTMLElement;
  private readonly remembered;
  private isOpen = false;
  private unread = 0;
  private planned = false;
  private configAt = Date.now();

  constructor(
    options: ScriptOptions,
    private readonly api: Api,
    private config: Config,
    private readonly emitter: Emitter,
    token: string | null,
  ) {
    const speech = language(options.language ?? config.language, navigator.languages);
    const storage = browserStorage(`careloom.${options.key}.`, () => localStorage);
    this.remembered = browserStorage(`careloom.${options.key}.`, () => sessionStorage);
    const page = () => ({
      page_url: location.href.slice(0, 2000),
      page_title: document.title.slice(0, 300),
      language: speech.tag,
    });
    this.session = new Session(api, storage, emitter, page, token, () => this.plan());
    this.panel = new Panel({
      api,
      storage,
      session: this.session,
      language: speech,
      config: () => this.config,
      close: () => this.close(),
      read: () => this.plan(),
    });
    this.launcher = new Launcher(speech, () => (this.isOpen ? this.close() : this.open()));
    const root = makeRoot(config.theme.color, config.theme.position, speech, options.nonce);
    this.frame = root.frame;
    this.frame.append(this.panel.element, this.launcher.element);
    document.body.append(root.host);
    root.shadow.addEventListener('keydown', (event) => this.keyed(event as KeyboardEvent));
    followViewport(this.panel.element, () => this.panel.resized());
    this.listen();
    if (this.session.hasPast) this.session.start();
    if (this.remembered.get(OPEN) === '1' && innerWidth >= 480) this.setOpen(true, false);
    this.render();
    emitter.emit('ready', null);
  }

  open(): void {
    this.setOpen(true, true);
  }

  close(): void {
    this.setOpen(false, true);
  }

  identify(token: string | null): void {
    this.session.identify(token);
    if (token === null) this.panel.forget();
  }

  on(event: EventName, listener: Listener): () => void {
    return this.emitter.on(event, listener);
  }

  private setOpen(open: boolean, focus: boolean): void {
    if (open === this.isOpen) return;
    this.isOpen = open;
    this.remembered.set(OPEN, open ? '1' : '0');
    if (open) {
      this.session.start();
      void this.refreshConfig();
    }
    this.frame.classList.toggle('opened', open);
    this.render();
    this.panel.toggle(open, focus);
    if (!open && focus) this.launcher.element.focus();
    this.plan();
    this.emitter.emit(open ? 'open' : 'close', null);
  }

  private keyed(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key !== 'Escape' || event.isComposing || !this.isOpen) return;
    if (!this.panel.dismiss()) this.close();
  }

  private listen(): void {
    const wake = (): void => {
      if (!document.hidden) this.session.wake();
      this.plan();
    };
    document.addEventListener('visibilitychange', wake);
    addEventListener('focus', wake);
    addEventListener('online', wake);
    addEventListener('offline', wake);
    addEventListener('pageshow', wake);
    addEventListener('pagehide', () => this.session.sleep());
  }

  private async refreshConfig(): Promise<void> {
    if (Date.now() - this.configAt < CONFIG_FRESH_MS) return;
    this.configAt = Date.now();
    try {
      this.config = await this.api.config();
      this.plan();
    } catch {
      // The settings that we have stay good; the connection tells when the server is away.
    }
  }

  /** Renders once after everything that happens now; timers also run in hidden tabs, frames do not. */
  private plan(): void {
    if (this.planned) return;
    this.planned = true;
    setTimeout(() => {
      this.planned = false;
      this.render();
    }, 0);
  }

  private render(): void {
    this.panel.update();
    if (this.isOpen && !document.hidden && this.panel.atEnd && !this.session.isReplaying)
      this.session.markRead();
    const unread = this.session.conversation.unread();
    this.launcher.update(this.isOpen, unread);
    markTitle(unread);
    if (unread !== this.unread) this.emitter.emit('unread', unread);
    this.unread = unread;
  }
}
