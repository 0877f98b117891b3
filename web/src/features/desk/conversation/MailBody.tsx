/** What a mail says: simple markup in place, designed mail in a sandbox that runs nothing and loads nothing unasked. */
import { useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { createElement } from 'react';
import { useTranslation } from 'react-i18next';
import { fileUrl } from '@/api/conversations';
import type { Attachment } from '@/api/types';
import classes from './Message.module.css';

const PLAIN_TAGS = new Set(
  'p br b strong i em u s a ul ol li blockquote code pre span div h1 h2 h3 h4 body'.split(' '),
);

const isSafeLink = (href: string) => /^(https?:|mailto:|tel:)/i.test(href);

/** Blocks read in the direction of their own words, unless the mail says otherwise. */
const BLOCKS = new Set('p ul ol li blockquote pre div h1 h2 h3 h4'.split(' '));

function directionOf(node: HTMLElement): { dir?: string } {
  if (!BLOCKS.has(node.localName)) return {};
  return { dir: /^(ltr|rtl)$/i.test(node.dir) ? node.dir : 'auto' };
}

/** React nodes for markup of known tags without design; null when the mail needs more than that. */
function plainNodes(body: HTMLElement): ReactNode[] | null {
  for (const element of body.querySelectorAll('*')) {
    if (!PLAIN_TAGS.has(element.localName) || element.hasAttribute('style')) return null;
  }
  const convert = (node: ChildNode, key: number): ReactNode => {
    if (node instanceof Text) return node.data;
    if (!(node instanceof HTMLElement)) return null;
    const children = [...node.childNodes].map(convert);
    if (node.localName === 'br') return <br key={key} />;
    if (node.localName !== 'a')
      return createElement(node.localName, { key, ...directionOf(node) }, ...children);
    const href = node.getAttribute('href') ?? '';
    if (!isSafeLink(href)) return <span key={key}>{children}</span>;
    return (
      <a key={key} href={href} target="_blank" rel="noreferrer noopener">
        {children}
      </a>
    );
  };
  return [...body.childNodes].map(convert);
}

function isRemote(url: string): boolean {
  return /^(https?:)?\/\//i.test(url) && !url.startsWith(window.location.origin);
}

/** Inline images point to their files; says whether images from elsewhere are there. */
function prepare(
  html: string,
  attachments: readonly Attachment[],
): { body: HTMLElement; remote: boolean } {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  let remote = false;
  for (const image of body.querySelectorAll('img')) {
    // The server keeps addresses of images from elsewhere apart, in data-src.
    const source = image.getAttribute('src') ?? image.dataset.src ?? '';
    image.setAttribute('src', source);
    const inline = attachments.find((one) => one.inline_id && source === `cid:${one.inline_id}`);
    if (inline) image.src = fileUrl(inline.file_id);
    else if (isRemote(source)) remote = true;
  }
  return { body, remote };
}

export function MailBody({
  html,
  attachments,
}: {
  html: string;
  attachments: readonly Attachment[];
}) {
  const { t } = useTranslation();
  const [allowed, setAllowed] = useState(false);
  const { body, remote } = useMemo(() => prepare(html, attachments), [html, attachments]);
  const nodes = useMemo(() => plainNodes(body), [body]);
  if (nodes)
    return (
      <div className={classes.prose} dir="auto">
        {nodes}
      </div>
    );
  return (
    <>
      {remote && !allowed && (
        <p className={classes.blocked}>
          {t('mail.blocked')}
          <button type="button" className={classes.link} onClick={() => setAllowed(true)}>
            {t('mail.show')}
          </button>
        </p>
      )}
      <SandboxedMail
        markup={allowed ? body.innerHTML : withoutRemoteImages(body)}
        images={allowed}
        title={t('mail.frame')}
      />
    </>
  );
}

/** The markup without the addresses of images from elsewhere: nothing is asked for, nothing looks broken. */
function withoutRemoteImages(body: HTMLElement): string {
  const copy = body.cloneNode(true) as HTMLElement;
  for (const image of copy.querySelectorAll('img')) {
    if (isRemote(image.getAttribute('src') ?? '')) image.remove();
  }
  return copy.innerHTML;
}

function SandboxedMail({
  markup,
  images,
  title,
}: {
  markup: string;
  images: boolean;
  title: string;
}) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(120);
  const document = useMemo(() => {
    const from = images ? '* data:' : `${window.location.origin} data:`;
    return `<!doctype html><html dir="auto"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src ${from}">
<meta name="referrer" content="no-referrer"><base target="_blank">
<style>html{color-scheme:light}body{margin:0;padding:12px;background:#fff;color:#1d2127;overflow-wrap:anywhere;
font:14px/1.5 system-ui,sans-serif}img{max-width:100%;height:auto}table{max-width:100%}</style>${markup}`;
  }, [markup, images]);

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    let observer: ResizeObserver | null = null;
    const fitHeight = () => {
      const inner = element.contentDocument?.documentElement;
      if (!inner) return;
      const measure = () => setHeight(Math.min(4000, Math.max(40, inner.offsetHeight)));
      measure();
      observer?.disconnect();
      observer = new ResizeObserver(measure);
      observer.observe(inner);
    };
    element.addEventListener('load', fitHeight);
    return () => {
      element.removeEventListener('load', fitHeight);
      observer?.disconnect();
    };
  }, [document]);

  return (
    <iframe
      ref={frame}
      className={classes.frame}
      title={title}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      srcDoc={document}
      style={{ height }}
    />
  );
}
