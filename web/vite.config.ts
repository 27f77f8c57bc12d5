import react from "@vitejs/plugin-react";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const outDir = resolve(import.meta.dirname, "../src/watchglass/serve/static");

/** Files below this size travel in one packet anyway. */
const GZIP_FROM_BYTES = 1024;
const COMPRESSIBLE = /\.(js|css|html|svg|json)$/;

/** Packs every text file but the page, which the server changes: it need not compress any on the way out. */
function precompress(): Plugin {
  return {
    name: "watchglass-precompress",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(outDir, { recursive: true, encoding: "utf8" })) {
        const path = join(outDir, name);
        if (name === "index.html" || !COMPRESSIBLE.test(name) || statSync(path).size < GZIP_FROM_BYTES)
          continue;
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
        rmSync(path);
      }
    },
  };
}

/** What the server does with its own path prefix: every other address is relative to it. */
function baseElement(): Plugin {
  return {
    name: "watchglass-base",
    apply: "serve",
    transformIndexHtml: () => [{ tag: "base", attrs: { href: "/" }, injectTo: "head-prepend" }],
  };
}

/** The UI is written as React has it and runs on Preact: the same source, a third of the weight. See docs/decisions/0009. */
const preact = {
  "react/jsx-runtime": "preact/jsx-runtime",
  "react/jsx-dev-runtime": "preact/jsx-runtime",
  "react-dom/client": "preact/compat/client",
  "react-dom": "preact/compat",
  react: "preact/compat",
};

export default defineConfig({
  base: "./",
  resolve: { alias: preact },
  plugins: [react(), precompress(), baseElement()],
  build: {
    outDir,
    emptyOutDir: true,
    target: "es2022",
    reportCompressedSize: false,
    assetsInlineLimit: 0, // a data: address is refused by the Content-Security-Policy
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/-"].map((path) => [path, process.env.WATCHGLASS_URL ?? "http://127.0.0.1:9090"]),
    ),
  },
});
