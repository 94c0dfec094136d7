import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  // A user's program imports the installed package, which this checkout is not.
  globalIgnores(["dist/", "test/package/composed/"]),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: [".dependency-cruiser.js", "eslint.config.js", "policy/index.js"],
        },
      },
    },
    rules: {
      // Chai's assertions are expressions, and ports and counts belong in messages as they are.
      "@typescript-eslint/no-unused-expressions": "off",
      // `{ left, out, ...rest }` is how properties are left out.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Pulumi's resources act by being constructed.
      "no-new": "off",
    },
  },
  {
    // The vendors are reached through the providers alone.
    files: ["apps", "cli", "components", "config", "exposure", "lookups", "policy", "program"]
      .map((room) => `${room}/**`)
      .concat("index.ts", "program.ts"),
    rules: {
      "no-restricted-globals": ["error", "fetch", "WebSocket"],
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { paths: ["http", "https", "http2", "undici"].flatMap((name) => [name, `node:${name}`]) },
      ],
    },
  },
);
