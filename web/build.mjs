// Builds dist/widget.js, dist/widget.css, dist/portal.js and dist/licenses.txt; `--tests` builds the unit tests.
// The same sources give the same bytes everywhere: no dates, no paths, exact versions.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
// Phones that citizens still carry; TypeScript's newer syntax is brought down to these.
const TARGET = ["chrome70", "safari13", "firefox78"];

const WIDGET_STYLES = "src/widget/styles/widget.css";

/** A style sheet with what it imports, made small. */
async function styles(path) {
  const { outputFiles } = await build({
    absWorkingDir: here,
    bundle: true,
    charset: "utf8",
    entryPoints: [path],
    logLevel: "warning",
    minify: true,
    target: TARGET,
    write: false,
  });
  return outputFiles[0].text.trim();
}

// A style sheet is imported as its text: it goes into the shadow tree.
const styleText = {
  name: "style-text",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path }) => ({
      contents: await styles(path),
      loader: "text",
    }));
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  plugins: [styleText],
  write: false,
};

/** Folders of the packages that a bundle holds, sorted by name. */
function bundledPackages(metafile) {
  const found = new Set();
  for (const [path, input] of Object.entries(metafile.inputs)) {
    const parts = path.split("node_modules/");
    if (parts.length < 2 || input.bytes === 0) continue;
    const names = parts[parts.length - 1].split("/");
    found.add(names[0].startsWith("@") ? `${names[0]}/${names[1]}` : names[0]);
  }
  return [...found].sort();
}

function described(name) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.(md|txt))?$/i.test(each));
  if (!file) throw new Error(`No licence file in the package ${name}`);
  const text = readFileSync(join(folder, file), "utf8").replace(/\r\n/g, "\n").trim();
  return { name, version, license, text };
}

async function script(entry, output) {
  const result = await build({
    ...common,
    entryPoints: [entry],
    format: "iife",
    minify: true,
    platform: "browser",
    target: TARGET,
    // Safari 13 has it; esbuild counts it out for a bug in a default value that names itself.
    supported: { destructuring: true },
  });
  const packages = bundledPackages(result.metafile).map(described);
  const names = packages.map(({ name, version }) => `${name} ${version}`).join(", ");
  const banner = packages.length
    ? `/* Contains ${names}; licences: /web/licenses.txt */\n`
    : "";
  writeFileSync(join(here, output), banner + result.outputFiles[0].text);
  return packages;
}

async function scripts() {
  mkdirSync(join(here, "dist"), { recursive: true });
  for (const entry of ["src/widget/index.ts", "src/portal/index.ts"]) {
    if (!existsSync(join(here, entry))) throw new Error(`Missing: web/${entry}`);
  }
  const packages = new Map();
  for (const [entry, output] of [
    ["src/widget/index.ts", "dist/widget.js"],
    ["src/portal/index.ts", "dist/portal.js"],
  ]) {
    for (const each of await script(entry, output)) packages.set(each.name, each);
  }
  // For browsers in which the widget cannot construct its style sheet.
  writeFileSync(join(here, "dist/widget.css"), `${await styles(WIDGET_STYLES)}\n`);
  const texts = [...packages.values()]
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`);
  const rule = `\n${"-".repeat(72)}\n\n`;
  writeFileSync(join(here, "dist/licenses.txt"), texts.join(rule));
}

async function tests() {
  const folder = join(here, "build/tests");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(join(here, "tests")).filter((each) => each.endsWith(".test.ts"))) {
    const entry = relative(here, join(here, "tests", name));
    const result = await build({
      ...common,
      entryPoints: [entry],
      format: "esm",
      platform: "node",
      target: "node18",
    });
    const output = join(folder, name.replace(/\.ts$/, ".mjs"));
    writeFileSync(output, result.outputFiles[0].text);
  }
}

await (process.argv.includes("--tests") ? tests() : scripts());
