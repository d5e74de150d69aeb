// Builds web/dist: style sheets, scripts, fonts, and pictures, each with a digest of its content in its file name, and
// two tables of these files, which the program embeds (crates/ui/build.rs).
// bin/run, bin/dev, bin/test, and bin/screens run it. By hand: `npm ci --ignore-scripts && node build.mjs` in web/.

import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { stills } from "./stills.mjs";

const here = import.meta.dirname;
const dist = join(here, "dist");

/** The maximum transfer sizes of a surface in bytes: styles and scripts compressed, fonts as they are. */
const BUDGETS = { script: 20 * 1024, style: 15 * 1024, fonts: 80 * 1024 };

/** The surfaces: the style sheet of each, and its script if it has one. */
const SURFACES = {
  site: { style: "styles/site.css", script: "scripts/site.ts" },
  desk: { style: "styles/desk.css", script: "scripts/desk.ts" },
  docs: { style: "styles/docs.css" },
};

/** The fonts that every page preloads. Browsers load the others when a page contains one of their characters. */
const PRELOADED = /-latin-(400|wght)-normal/;

const KINDS = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".avif": "image/avif",
  ".webp": "image/webp",
  ".jpg": "image/jpeg",
};

/** The rows of the table of files: name in the program, file name, content type, integrity, compressed file. */
const files = [];

async function add(name, file, bytes) {
  const kind = KINDS[extname(file)];
  if (!kind) throw new Error(`${file}: of what kind is it?`);
  const integrity = `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
  await writeFile(join(dist, file), bytes);
  let small = "-";
  if (/^text|svg/.test(kind)) {
    small = `${file}.br`;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    await writeFile(join(dist, small), brotliCompressSync(bytes, { params }));
  }
  files.push([name, file, kind, integrity, small]);
}

/** Bundles styles and scripts, and copies the fonts that the styles refer to. */
async function bundle() {
  const entries = Object.values(SURFACES).flatMap((one) => [one.style, one.script].filter(Boolean));
  const { outputFiles, metafile } = await build({
    absWorkingDir: here,
    entryPoints: entries,
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    minify: true,
    metafile: true,
    write: false,
    outdir: "dist",
    publicPath: "/assets/",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file" },
    legalComments: "none",
    logLevel: "warning",
  });
  const made = new Map(outputFiles.map((one) => [basename(one.path), Buffer.from(one.contents)]));
  for (const [path, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    const file = basename(path);
    const source = entryPoint ?? Object.keys(inputs)[0] ?? file;
    const name = extname(file) === ".woff2" ? `font:${basename(source)}` : basename(source).replace(/\.ts$/, ".js");
    await add(entryPoint || extname(file) === ".woff2" ? name : `part:${file}`, file, made.get(file));
  }
  return { made, outputs: metafile.outputs };
}

/** Returns a script and everything that it imports statically, which is loaded together with it. */
function together(outputs, path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const one of outputs[path]?.imports ?? []) {
    if (one.kind === "import-statement") together(outputs, one.path, seen);
  }
  return seen;
}

/** Prints the size of each surface with its maximum. Returns whether all of them are within their maximum. */
function weigh({ made, outputs }) {
  const weight = (path) => gzipSync(made.get(basename(path)), { level: 9 }).length;
  const find = (source) => Object.keys(outputs).find((path) => outputs[path].entryPoint === source);
  const lines = [];
  for (const [name, { style, script }] of Object.entries(SURFACES)) {
    lines.push([`${name}: style`, weight(find(style)), BUDGETS.style]);
    if (!script) continue;
    const paths = [...together(outputs, find(script))];
    lines.push([`${name}: script`, paths.reduce((sum, path) => sum + weight(path), 0), BUDGETS.script]);
    for (const one of paths.flatMap((path) => outputs[path].imports)) {
      if (one.kind === "dynamic-import") lines.push([`  later: ${basename(one.path)}`, weight(one.path), BUDGETS.script]);
    }
  }
  const fonts = Object.keys(outputs).filter((path) => extname(path) === ".woff2" && PRELOADED.test(path));
  lines.push(["fonts", fonts.reduce((sum, path) => sum + made.get(basename(path)).length, 0), BUDGETS.fonts]);
  for (const [what, bytes, most] of lines) {
    const kilo = (count) => `${(count / 1024).toFixed(1)} KB`;
    console.log(`${what.padEnd(40)} ${kilo(bytes).padStart(9)} of ${kilo(most)}${bytes > most ? "  TOO MUCH" : ""}`);
  }
  return lines.every(([, bytes, most]) => bytes <= most);
}

const began = new Date();
await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const bundled = await bundle();
const mark = await readFile(join(here, "styles/mark.svg"));
await add("mark.svg", `mark-${createHash("sha256").update(mark).digest("hex").slice(0, 12)}.svg`, mark);

const studies = [];
for (const still of await stills()) {
  for (const { file, path } of still.pictures) {
    await cp(path, join(dist, file));
    files.push([`picture:${file}`, file, KINDS[extname(file)], "-", "-"]);
  }
  studies.push([still.name, still.alt, still.ground, still.width, still.height, still.avif, still.webp, still.jpeg]);
}

const table = (rows) => rows.map((row) => `${row.join("\t")}\n`).join("");
await writeFile(join(dist, "studies.tsv"), table(studies));
if (!weigh(bundled)) {
  console.error("web/dist is not made: a surface weighs more than it may.");
  process.exit(1);
}
// Written last: if this file exists, all others are complete.
await writeFile(join(dist, "files.tsv"), table(files));
// Dated to the start of the build, so that a source saved during the build counts as newer.
await utimes(join(dist, "files.tsv"), began, began);
console.log(`web/dist: ${files.length} files, ${studies.length} light studies`);
