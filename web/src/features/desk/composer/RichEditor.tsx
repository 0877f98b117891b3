/** Text with simple markup, for mail. Its own bundle. */
import { ActionIcon } from '@mantine/core';
import {
  IconBlockquote,
  IconBold,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
} from '@tabler/icons-react';
import { Placeholder } from '@tiptap/extensions';
import { Selection } from '@tiptap/pm/state';
import { EditorContent, useEditor, useEditorState, type Editor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { textToHtml, type EditorProps } from '@/features/desk/composer/content';
import { nonce } from '@/components/nonce';
import classes from './Composer.module.css';

const contentOf = (editor: Editor) => ({
  text: editor.getText({ blockSeparator: '\n\n' }),
  html: editor.isEmpty ? null : editor.getHTML(),
});

export function RichEditor(props: EditorProps) {
  const { initial, label, placeholder, onHandle } = props;
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  // Null, or destroyed, for a moment where the machine was busy while it was drawn: another one follows at once.
  const editor: Editor | null = useEditor({
    extensions: [
      StarterKit.configure({
        heading: false,
        codeBlock: false,
        horizontalRule: false,
        link: { openOnClick: false, defaultProtocol: 'https' },
      }),
      Placeholder.configure({ placeholder }),
    ],
    content: initial.html ?? textToHtml(initial.text),
    // What was typed before this editor was there may end in a space, and is still being typed.
    parseOptions: { preserveWhitespace: initial.html === null },
    shouldRerenderOnTransaction: false,
    injectNonce: nonce,
    editorProps: {
      attributes: {
        class: classes.rich ?? '',
        role: 'textbox',
        dir: 'auto',
        'aria-multiline': 'true',
        'aria-label': label,
      },
      handleKeyDown: (view, event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          latest.current.onSubmit();
          return true;
        }
        if (event.key === 'Escape') {
          view.dom.blur();
          return true;
        }
        const { $from } = view.state.selection;
        const before = $from.parent.textBetween(0, $from.parentOffset, undefined, ' ');
        if (event.key === '/' && (before === '' || /\s$/.test(before))) {
          event.preventDefault();
          latest.current.onSlash();
          return true;
        }
        return false;
      },
      handlePaste: (_view, event) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length === 0) return false;
        latest.current.onFiles(files);
        return true;
      },
    },
    onUpdate: ({ editor: now }) => latest.current.onChange(contentOf(now)),
  });

  useLayoutEffect(() => {
    if (!editor || editor.isDestroyed) return;
    onHandle({
      // Tiptap's command for the focus takes it in the next frame, from what was opened by a key until then.
      focus: (at) => {
        const { state, view } = editor;
        if (at) view.dispatch(state.tr.setSelection(Selection.atEnd(state.doc)).scrollIntoView());
        view.focus();
      },
      insert: (text) => {
        editor.view.focus();
        editor.commands.insertContent(text.length > 1 ? textToHtml(text) : text);
      },
    });
    return () => onHandle(null);
  }, [editor, onHandle]);

  return (
    <div className={classes.richFrame}>
      <EditorContent editor={editor} />
      {editor && <Toolbar editor={editor} />}
    </div>
  );
}

function Toolbar({ editor }: { editor: Editor }) {
  const { t } = useTranslation();
  const active = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'),
      italic: now.isActive('italic'),
      list: now.isActive('bulletList'),
      numbers: now.isActive('orderedList'),
      quote: now.isActive('blockquote'),
      link: now.isActive('link'),
    }),
  });
  const link = () => {
    if (active.link) {
      editor.chain().focus().unsetLink().run();
      return;
    }
    const href = window.prompt(t('composer.linkTo'), 'https://');
    if (href && /^(https?:|mailto:)/i.test(href)) {
      const chain = editor.chain().focus();
      if (editor.state.selection.empty) {
        chain
          .insertContent({ type: 'text', text: href, marks: [{ type: 'link', attrs: { href } }] })
          .run();
      } else {
        chain.setLink({ href }).run();
      }
    }
  };
  const tools = [
    { name: 'bold', Icon: IconBold, run: () => editor.chain().focus().toggleBold().run() },
    { name: 'italic', Icon: IconItalic, run: () => editor.chain().focus().toggleItalic().run() },
    { name: 'list', Icon: IconList, run: () => editor.chain().focus().toggleBulletList().run() },
    {
      name: 'numbers',
      Icon: IconListNumbers,
      run: () => editor.chain().focus().toggleOrderedList().run(),
    },
    {
      name: 'quote',
      Icon: IconBlockquote,
      run: () => editor.chain().focus().toggleBlockquote().run(),
    },
    { name: 'link', Icon: IconLink, run: link },
  ] as const;
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={t('composer.format')}>
      {tools.map(({ name, Icon, run }) => (
        <ActionIcon
          key={name}
          size="sm"
          variant={active[name] ? 'light' : 'subtle'}
          aria-pressed={active[name]}
          aria-label={t(`composer.tool.${name}`)}
          title={t(`composer.tool.${name}`)}
          onMouseDown={(event) => event.preventDefault()}
          onClick={run}
        >
          <Icon size={16} stroke={1.75} />
        </ActionIcon>
      ))}
    </div>
  );
}
