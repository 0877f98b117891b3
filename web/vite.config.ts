import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.CARELOOM_API ?? 'http://127.0.0.1:8000';
const proxied = ['/api', '/chat', '/schema', '/health', '/ready', '/widget.js'];

/** What every place shares comes in a few files: forty small ones cost a cold start more than their bytes do. */
const CHUNKS = [
  {
    name: 'base',
    test: /node_modules\/(react|react-dom|scheduler|use-sync-external-store|i18next|react-i18next|@tanstack)\//,
  },
  { name: 'shared', test: /src\/(components|api)\/(?!.*\/)/ },
  { name: 'icons', test: /node_modules\/@tabler\// },
];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: server, ws: true }])),
  },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rolldownOptions: { output: { advancedChunks: { groups: CHUNKS } } },
  },
});
