/** Mantine drawn with our tokens: one family, four sizes, quiet surfaces. */
import {
  createTheme,
  Menu,
  Modal,
  Popover,
  Select,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

const blue: MantineColorsTuple = [
  '#eef2fd',
  '#dbe4fa',
  '#b9c8f2',
  '#93a9ea',
  '#6f8be0',
  '#4a6bd3',
  '#2f55c4',
  '#2748a8',
  '#2f55c4',
  '#1b3379',
];

const dark: MantineColorsTuple = [
  '#e7e9ec',
  '#b6bcc5',
  '#949ba6',
  '#7b838e',
  '#454c56',
  '#2a2f36',
  '#22262c',
  '#181b1f',
  '#14171a',
  '#0c0e10',
];

/** What is typed reads its own way; the field around it reads the interface's. */
const eitherWay = { input: { dir: 'auto' } };

/** The page has one banner: a dialog's header is none. */
const noBanner = { header: { role: 'none' } };

export const theme = createTheme({
  primaryColor: 'blue',
  colors: { blue, dark },
  fontFamily: 'var(--font)',
  fontSizes: {
    xs: 'var(--size-1)',
    sm: 'var(--size-2)',
    md: 'var(--size-2)',
    lg: 'var(--size-3)',
    xl: 'var(--size-4)',
  },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '10px', xl: '14px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { fontWeight: '600' },
  components: {
    Button: {
      defaultProps: { size: 'compact-md' },
      styles: { root: { minHeight: 'var(--control)', paddingInline: 12, fontWeight: 550 } },
    },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    TextInput: { defaultProps: { size: 'sm', attributes: eitherWay } },
    Textarea: { defaultProps: { attributes: eitherWay } },
    PasswordInput: { defaultProps: { visibilityToggleFocusable: true } },
    Modal: Modal.extend({
      styles: { title: { fontWeight: 600, fontSize: 'var(--size-3)' } },
      defaultProps: { transitionProps: { duration: 100 }, centered: true, attributes: noBanner },
    }),
    Drawer: { defaultProps: { attributes: noBanner } },
    Menu: Menu.extend({
      styles: {
        item: { padding: '6px 8px' },
        itemSection: { marginInlineEnd: 8 },
        label: { padding: '6px 8px 2px' },
      },
      defaultProps: {
        transitionProps: { duration: 80 },
        shadow: 'md',
        position: 'bottom-end',
        withInitialFocusPlaceholder: false,
      },
    }),
    Popover: Popover.extend({ defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } }),
    Select: Select.extend({
      defaultProps: { comboboxProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 400, transitionProps: { duration: 80 } },
    }),
  },
});

const shared: Record<string, string> = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-3)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-gray-text': 'var(--text-2)',
  '--mantine-color-gray-light-color': 'var(--text-2)',
  '--mantine-color-blue-filled': 'var(--accent-fill)',
  '--mantine-color-blue-filled-hover': 'color-mix(in srgb, var(--accent-fill) 88%, black)',
  '--mantine-color-blue-light': 'var(--accent-soft)',
  '--mantine-color-blue-light-color': 'var(--accent)',
  '--mantine-color-blue-outline': 'var(--accent)',
  '--mantine-color-red-filled': 'var(--bad-fill)',
  '--mantine-color-red-filled-hover': 'color-mix(in srgb, var(--bad-fill) 88%, black)',
  '--mantine-color-red-text': 'var(--bad)',
  '--mantine-color-red-light': 'var(--bad-soft)',
  '--mantine-color-red-light-color': 'var(--bad)',
};

export const variables: CSSVariablesResolver = () => ({
  variables: { '--mantine-line-height': '1.45' },
  light: shared,
  dark: shared,
});
