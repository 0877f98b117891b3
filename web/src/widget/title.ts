/** Shows unread messages in the tab's title while nobody looks at the page. */

const MARK = /^\(\d+\) /;

export function markTitle(unread: number): void {
  const plain = document.title.replace(MARK, '');
  const wanted = unread > 0 && document.hidden ? `(${unread}) ${plain}` : plain;
  if (document.title !== wanted) document.title = wanted;
}
