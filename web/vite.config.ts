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

/** Most pages draw charts: the browser fetches what draws them with the first script, not after it. */
function chartsAtOnce(): Plugin {
  return {
    name: "watchglass-charts-at-once",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_page, { bundle = {} }) =>
        Object.keys(bundle)
          .filter((file) => /\/(charts|timeseries)-/.test(file))
          .map((file) => ({
            tag: "link",
            attrs: {
              rel: file.endsWith(".css") ? "stylesheet" : "modulepreload",
              crossorigin: true,
              href: `./${file}`,
            },
            injectTo: "head",
          })),
    },
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

/**
 * What several pages share would be a file for each set of pages that share it: a hundred of a kilobyte, each of which takes four
 * on the disk, and a request. So what the first page loads is one file, what is small and used together another, and files that
 * are shared by nearly the same pages are joined; what the editor's forms choose from is cut off, as no file should be large. No page
 * loads more by it; tests/e2e/test_budget.py holds how much that is.
 */
const groups = [
  { name: "index", tags: ["$initial" as const], priority: 3 },
  { name: "charts", test: /\/src\/panels\/timeseries\./ },
  { name: "lists", test: /\/panels\/(statuscards|rankedlist|sparkline|bargauge|links)\./ },
  { name: "frame", test: /\/(shell\/(Palette|Help)|home\/NotFoundPage)\./ },
  { name: "menus", test: /\/(MenuList|PanelViewMenu|PanelViewEmpty)\./ },
  { name: "forms", test: /\/src\/edit\/(kinds|options|properties|transformlist|unitlist)\./ },
  {
    name: "shared",
    test: /\/src\//,
    minShareCount: 2,
    entriesAware: true,
    entriesAwareMergeThreshold: 24_000,
  },
].map((group, at, { length }) => ({
  priority: 2 - at / 10,
  includeDependenciesRecursively: at < 2 || at === length - 1,
  ...group,
}));

/** Without the list of pages that share it, which the bundler appends. */
const shortName = (name: string): string => name.replace(/~.*/, "");

export default defineConfig({
  base: "./",
  resolve: { alias: preact },
  plugins: [react(), precompress(), baseElement(), chartsAtOnce()],
  build: {
    outDir,
    emptyOutDir: true,
    target: "es2022",
    reportCompressedSize: false,
    assetsInlineLimit: 0, // a data: address is refused by the Content-Security-Policy
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: { groups },
        chunkFileNames: ({ name }) => `assets/${shortName(name)}-[hash].js`,
        assetFileNames: ({ names }) => `assets/${shortName(names[0]!.replace(/\.\w+$/, ""))}-[hash][extname]`,
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/-"].map((path) => [path, process.env.WATCHGLASS_URL ?? "http://127.0.0.1:9090"]),
    ),
  },
});
