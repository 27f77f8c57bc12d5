import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Top to bottom: a folder imports only what stands to the right of it. */
const LAYERS = ["pages", "panels", "charts", "query", "components", "state", "edit", "model", "api"];

/** One rule a layer: none of the folders above it. */
const layerRules = LAYERS.slice(1).map((layer, index) => ({
  files: [`src/${layer}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: LAYERS.slice(0, index + 1).map((upper) => ({
          regex: `^(\\.\\./)+${upper}(/|$)`,
          message: `Imports point down: ${layer} stands below ${upper}.`,
        })),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["node_modules/", "public/"] },
  ...tseslint.configs.strictTypeChecked,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-non-null-assertion": "off", // an index inside its bounds is known, not hoped
    },
  },
  // uPlot's enums are ambient and const: at run time there are only numbers.
  { files: ["src/charts/timechart.ts"], rules: { "@typescript-eslint/no-unsafe-enum-assignment": "off" } },
  ...layerRules,
  { files: ["eslint.config.js"], ...tseslint.configs.disableTypeChecked },
);
