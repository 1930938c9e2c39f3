import { cpSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;
const built = resolve(here, "../built");

/** Excalidraw's fonts lie beside the bundle: its text is drawn with files of our own server. */
const fonts = {
  name: "fonts",
  closeBundle() {
    cpSync(resolve(here, "node_modules/@excalidraw/excalidraw/dist/prod/fonts"), resolve(built, "fonts"), {
      recursive: true,
    });
  },
};

/** Where a font is not found, Excalidraw would ask a public server for it; ours is the only one. */
const ownServer = {
  name: "own-server",
  transform(code: string) {
    return code.includes("ASSETS_FALLBACK_URL") ? code.replace(/`https:\/\/esm\.sh\/.*?\/dist\/prod\/`/, "location.origin+'/whiteboard-files/'") : null;
  },
};

export default defineConfig({
  base: "/whiteboard-files/",
  define: { "process.env.IS_PREACT": JSON.stringify("false") },
  plugins: [fonts, ownServer],
  build: {
    outDir: built,
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    chunkSizeWarningLimit: 4000,
    rollupOptions: { input: resolve(here, "src/main.tsx") },
  },
});
