/** Letters that were sent and are not answered yet, kept in this browser: a page that is closed loses none. */

export interface Letter<Body> {
  body: Body;
  key: string;
  /** When it was sent, in milliseconds of this computer's clock. */
  at: number;
}

export interface Letters<Body> {
  /** In the order in which they were sent. */
  read: () => readonly Letter<Body>[];
  keep: (letter: Letter<Body>) => void;
  drop: (keys: readonly string[]) => void;
}

/** `name` tells the letters of one person about one conversation from all others. */
export function lettersIn<Body>(
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  name: string,
): Letters<Body> {
  const read = (): readonly Letter<Body>[] => {
    try {
      return JSON.parse(storage.getItem(name) ?? '[]') as Letter<Body>[];
    } catch {
      return [];
    }
  };
  // Read anew each time: other tabs write there, too.
  const write = (change: (all: readonly Letter<Body>[]) => readonly Letter<Body>[]) => {
    const left = change(read());
    try {
      if (left.length === 0) storage.removeItem(name);
      else storage.setItem(name, JSON.stringify(left));
    } catch {
      // It is sent all the same, from memory.
    }
  };
  return {
    read,
    keep: (letter) => write((all) => [...all.filter((one) => one.key !== letter.key), letter]),
    drop: (keys) => write((all) => all.filter((one) => !keys.includes(one.key))),
  };
}
