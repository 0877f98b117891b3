/** Builds the embeddable chat widget: one classic script, dist/widget.js, next to the app's own files. */
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  oxc: {
    target: 'es2018',
    assumptions: { setPublicClassFields: true },
    typescript: { removeClassFieldsWithoutInitializer: true },
  },
  build: {
    target: 'es2018',
    cssTarget: ['chrome87', 'safari14.1'],
    outDir: 'dist',
    emptyOutDir: false,
    lib: {
      entry: 'src/widget/main.ts',
      name: 'CareloomWidget',
      formats: ['iife'],
      fileName: () => 'widget.js',
    },
  },
});
