/** The entry of widget.js: reads its script tag, fetches the settings and puts the chat on the page. */

import { Api, ApiError } from './api';
import { App } from './app';
import { backoff } from './backoff';
import { Emitter, type EventName, type Listener } from './emitter';
import type { Config } from './protocol';
import { readScript, type ScriptOptions } from './script';

export interface Careloom {
  open(): void;
  close(): void;
  identify(token: string | null): void;
  on(event: EventName, listener: Listener): () => void;
}

declare global {
  interface Window {
    Careloom?: Careloom;
  }
}

/** What the page asks for before the settings have arrived is done once they have. */
function begin(options: ScriptOptions): void {
  const emitter = new Emitter();
  let token = options.token;
  let app: App | null = null;
  let openFirst = false;
  window.Careloom = {
    open: () => (app ? app.open() : void (openFirst = true)),
    close: () => (app ? app.close() : void (openFirst = false)),
    identify(next) {
      token = next;
      app?.identify(next);
    },
    on: (event, listener) => emitter.on(event, listener),
  };
  const show = (config: Config): void => {
    app = new App(options, new Api(options.origin, options.key), config, emitter, token);
    if (openFirst) app.open();
  };
  void settings(new Api(options.origin, options.key)).then((config) => {
    if (config === null) return;
    if (document.body) show(config);
    else addEventListener('DOMContentLoaded', () => show(config));
  });
  document.dispatchEvent(new Event('careloom'));
}

/** Null when this page may not have the widget; waits while the server cannot be reached. */
async function settings(api: Api): Promise<Config | null> {
  for (let attempt = 2; ; attempt++) {
    try {
      return await api.config();
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      if (status >= 400 && status < 500 && status !== 429) {
        console.warn(`Careloom: no chat for this key on this page (${status}).`);
        return null;
      }
      await new Promise((resolve) => setTimeout(resolve, backoff(attempt, Math.random())));
    }
  }
}

const options = readScript();
if (options === null) console.warn('Careloom: the script tag needs data-key.');
else if (!window.Careloom) begin(options);
