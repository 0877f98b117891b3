import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.CARELOOM_API ?? 'http://127.0.0.1:8000';
const proxied = ['/api', '/chat', '/schema', '/health', '/ready', '/widget.js'];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: server, ws: true }])),
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 700 },
});
