/** What a mail says: simple markup in place, designed mail in a sandbox that runs nothing and loads nothing unasked. */
import { createElement, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
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

/**
 * React nodes for markup of known tags without design; null when the mail needs more than that.
 * Styles are looked for in the text: to parse them here would already be against this page's policy.
 */
function plainNodes(html: string): ReactNode[] | null {
  if (/\sstyle=/i.test(html)) return null;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const element of body.querySelectorAll('*')) {
    if (!PLAIN_TAGS.has(element.localName)) return null;
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

/** The parsed mail: inline images point to their files; says whether images from elsewhere are there, and drops them. */
function prepare(
  body: HTMLElement,
  attachments: readonly Attachment[],
  images: boolean,
): { markup: string; remote: boolean } {
  let remote = false;
  for (const image of body.querySelectorAll('img')) {
    // The server keeps addresses of images from elsewhere apart, in data-src.
    const source = image.getAttribute('src') ?? image.dataset.src ?? '';
    image.setAttribute('src', source);
    const inline = attachments.find((one) => one.inline_id && source === `cid:${one.inline_id}`);
    if (inline) image.setAttribute('src', fileUrl(inline.file_id));
    else if (isRemote(source)) {
      remote = true;
      if (!images) image.remove();
    }
  }
  return { markup: body.innerHTML, remote };
}

/** Cleaned markup with its styles set aside: written as attributes they are against the frame's policy. */
function stylesAside(html: string): string {
  return html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle="/i, ' data-style="'));
}

/** Gives each part the looks that were set aside for it. */
function dress(body: HTMLElement): void {
  for (const element of body.querySelectorAll<HTMLElement>('[data-style]')) {
    element.style.cssText = element.dataset.style ?? '';
    delete element.dataset.style;
  }
}

export function MailBody({
  html,
  attachments,
}: {
  html: string;
  attachments: readonly Attachment[];
}) {
  const { t } = useTranslation();
  const [images, setImages] = useState(false);
  const [remote, setRemote] = useState(false);
  const nodes = useMemo(() => plainNodes(html), [html]);
  if (nodes)
    return (
      <div className={classes.prose} dir="auto">
        {nodes}
      </div>
    );
  return (
    <>
      {remote && !images && (
        <p className={classes.blocked}>
          {t('mail.blocked')}
          <button type="button" className={classes.link} onClick={() => setImages(true)}>
            {t('mail.show')}
          </button>
        </p>
      )}
      <SandboxedMail
        key={String(images)}
        html={html}
        attachments={attachments}
        images={images}
        onRemote={setRemote}
        title={t('mail.frame')}
      />
    </>
  );
}

/**
 * A frame with a page of its own, which runs no script and may show images from elsewhere; the mail is put in once it
 * is there.
 */
function SandboxedMail({
  html,
  attachments,
  images,
  onRemote,
  title,
}: {
  html: string;
  attachments: readonly Attachment[];
  images: boolean;
  onRemote: (remote: boolean) => void;
  title: string;
}) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(120);

  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    let observer: ResizeObserver | null = null;
    const fill = () => {
      const inner = element.contentWindow as (Window & typeof globalThis) | null;
      if (!inner || inner.document.URL === 'about:blank') return;
      const parsed = new inner.DOMParser().parseFromString(stylesAside(html), 'text/html');
      const { markup, remote } = prepare(parsed.body, attachments, images);
      const { body, documentElement } = inner.document;
      body.innerHTML = markup;
      dress(body);
      onRemote(remote);
      const measure = () => setHeight(Math.min(4000, Math.max(40, documentElement.offsetHeight)));
      measure();
      observer?.disconnect();
      observer = new ResizeObserver(measure);
      observer.observe(documentElement);
    };
    if (element.contentDocument?.readyState === 'complete') fill();
    element.addEventListener('load', fill);
    return () => {
      element.removeEventListener('load', fill);
      observer?.disconnect();
    };
  }, [html, attachments, images, onRemote]);

  return (
    <iframe
      ref={frame}
      className={classes.frame}
      title={title}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      src={images ? '/mail.html?images' : '/mail.html'}
      style={{ height }}
    />
  );
}
