import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import type { Plugin } from 'vite'

/** Vant's icon font is inlined, but its style sheet also names a copy on an outside host. Nothing here may ask outside. */
function noOutsideFonts(): Plugin {
  return {
    name: 'ruhu-no-outside-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!/vant.*\.css/.test(id)) return null
      return code.replace(/,\s*url\((?:https?:)?\/\/[^)]*\)(?:\s*format\([^)]*\))?/g, '')
    },
  }
}

const page = (name: string): string => fileURLToPath(new URL(`./${name}.html`, import.meta.url))

// Relative paths: the same files are served by Tauri's own protocol and by `ruhu-app --serve`.
export default defineConfig({
  base: './',
  plugins: [noOutsideFonts(), vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'chrome87',
    outDir: 'dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1600,
    rollupOptions: { input: { index: page('index'), phone: page('phone'), desk: page('desk') } },
  },
  server: {
    host: '127.0.0.1',
    proxy: process.env.RUHU_API ? { '/api': process.env.RUHU_API } : {},
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
})
