import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The status page is rendered by the server and links this one name; everything else carries a hash.
const FIXED_NAMES = new Set(['public.css']);

const NINES = process.env['NINES_URL'] ?? 'http://127.0.0.1:8080';

// Whoever starts the build (a test run says `test`), people get the small and fast React.
const config = defineConfig(({ command }) => {
  if (command === 'build') process.env['NODE_ENV'] = 'production';
  return {
    root: at('.'),
    base: '/',
    plugins: [react()],
    build: {
      outDir: at('./dist'),
      emptyOutDir: true,
      target: ['chrome123', 'firefox121', 'safari17.5'],
      reportCompressedSize: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: { index: at('./index.html'), public: at('./styles/public.css') },
        output: {
          assetFileNames: ({ names }) =>
            names.some((name) => FIXED_NAMES.has(name)) ? '[name][extname]' : 'assets/[name]-[hash][extname]',
        },
      },
    },
    // `vite` and `vite preview` ask a running Nines, which refuses pages of another host: the host stays as it is.
    server: { proxy: Object.fromEntries(['/api', '/status', '/a/'].map((path) => [path, { target: NINES, changeOrigin: false }])) },
  };
});

// Vite reads the default export of its config file.
export { config as default };
