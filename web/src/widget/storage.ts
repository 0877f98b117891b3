/** Key-value memory of the widget: localStorage where the browser lets us, this page's memory where not. */

export interface Storage {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(prefix: string): string[];
  /** Calls back when another tab changed a key; answers how to stop. */
  watch(listener: (key: string, value: string | null) => void): () => void;
}

/** A store that lives as long as the page. */
export function memoryStorage(): Storage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
    keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
    watch: () => () => undefined,
  };
}

/** Keys are kept below `namespace`. What cannot be written (full, forbidden) stays in memory. */
export function browserStorage(namespace: string, area: () => globalThis.Storage): Storage {
  const overflow = memoryStorage();
  let store: globalThis.Storage;
  try {
    store = area();
    store.setItem(namespace, '');
    store.removeItem(namespace);
  } catch {
    return overflow;
  }
  return {
    get: (key) => overflow.get(key) ?? store.getItem(namespace + key),
    set(key, value) {
      try {
        store.setItem(namespace + key, value);
        overflow.remove(key);
      } catch {
        overflow.set(key, value);
      }
    },
    remove(key) {
      overflow.remove(key);
      store.removeItem(namespace + key);
    },
    keys(prefix) {
      const found = new Set(overflow.keys(prefix));
      for (let index = 0; index < store.length; index++) {
        const key = store.key(index);
        if (key !== null && key.startsWith(namespace + prefix))
          found.add(key.slice(namespace.length));
      }
      return [...found];
    },
    watch(listener) {
      const onStorage = (event: StorageEvent): void => {
        if (event.storageArea === store && event.key !== null && event.key.startsWith(namespace)) {
          listener(event.key.slice(namespace.length), event.newValue);
        }
      };
      addEventListener('storage', onStorage);
      return () => removeEventListener('storage', onStorage);
    },
  };
}
