import { defineConfig } from "vitest/config";

export default defineConfig({
  // As in the build: the CommonJS form of the PromQL editor would bring a second CodeMirror.
  resolve: {
    alias: { "@prometheus-io/codemirror-promql": "@prometheus-io/codemirror-promql/dist/esm/index.js" },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "node",
    server: { deps: { inline: [/@prometheus-io/] } },
  },
});
