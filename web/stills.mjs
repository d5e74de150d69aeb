// Renders the light studies as still pictures: each in several widths as AVIF, all but the largest also as WebP, one
// JPEG for old browsers, and a tiny picture that is shown while the others load. Worker threads render several studies
// at a time. A study that was already rendered from the same sources is taken from .cache.

import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { createCanvas } from "@napi-rs/canvas";
import { build } from "esbuild";

const here = import.meta.dirname;
const cache = join(here, ".cache");

/** The size at which each shape is drawn, and the offered widths. The tall shape fills the screen of a phone. */
const SHAPES = {
  broad: { width: 1920, height: 1280, widths: [480, 960, 1920] },
  tall: { width: 1080, height: 1920, widths: [540, 1080] },
};
/** Pictures of at least this width are offered only as AVIF. */
const BROAD = 1920;
/** The studies that fill the screen, and therefore also exist in the tall shape. */
const TALL = new Set(["the-house", "mensuite", "private"]);
/** The encoder settings. Nearly every browser supports AVIF; WebP and JPEG are for the rest. */
const QUALITY = { avif: { quality: 55, speed: 9, threads: 1 }, webp: 78, jpeg: 68 };
/** The time in seconds at which animated studies are captured. */
const MOMENT = 7;

/**
 * Returns the bundled code of all studies, and the code of each file of studies with everything that it imports. So
 * a change in a file renders only the studies that depend on it again. A change of a comment or a text alternative
 * renders none.
 */
async function sources() {
  const options = { absWorkingDir: here, bundle: true, format: "esm", write: false, logLevel: "warning" };
  const { outputFiles, metafile } = await build({ ...options, entryPoints: ["studies/index.ts"], metafile: true });
  const files = metafile.inputs["studies/index.ts"].imports.map((one) => one.path);
  const { outputFiles: parts } = await build({ ...options, entryPoints: files, outdir: "out", minifyWhitespace: true });
  return { all: outputFiles[0].text, parts: parts.map((one) => one.text) };
}

function scaled(canvas, width) {
  const height = Math.round((canvas.height * width) / canvas.width);
  const small = createCanvas(width, height);
  const c = small.getContext("2d");
  c.imageSmoothingEnabled = true;
  c.imageSmoothingQuality = "high";
  c.drawImage(canvas, 0, 0, width, height);
  return small;
}

/** Scales down by halves as long as possible, because a single step would lose fine details. */
function shrunk(canvas, width) {
  let one = canvas;
  while (one.width >= width * 2) one = scaled(one, Math.round(one.width / 2));
  return one.width === width ? one : scaled(one, width);
}

/** Returns a WebP without its color profile, which is larger than the picture if the picture is tiny. */
function bare(webp) {
  for (let at = 12; at < webp.length; ) {
    const size = webp.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (webp.toString("latin1", at, at + 4) === "VP8 ") {
      const head = Buffer.from("RIFF....WEBP", "latin1");
      head.writeUInt32LE(4 + end - at, 4);
      return Buffer.concat([head, webp.subarray(at, end)]);
    }
    at = end;
  }
  return webp;
}

async function draw(study, shape, Brush) {
  const { width, height, widths } = SHAPES[shape];
  const canvas = createCanvas(width, height);
  const brush = new Brush(canvas, (w, h) => createCanvas(w, h));
  brush.t = MOMENT;
  study.paint(brush);
  const pictures = [];
  for (const wide of widths) {
    const one = shrunk(canvas, wide);
    pictures.push({ wide, kind: "avif", bytes: await one.encode("avif", QUALITY.avif) });
    if (wide < BROAD) pictures.push({ wide, kind: "webp", bytes: await one.encode("webp", QUALITY.webp) });
  }
  pictures.push({ wide: widths[1], kind: "jpg", bytes: await shrunk(canvas, widths[1]).encode("jpeg", QUALITY.jpeg) });
  const tiny = bare(await shrunk(canvas, 24).encode("webp", 40));
  return { pictures, ground: `data:image/webp;base64,${tiny.toString("base64")}` };
}

/** Renders a still into a folder. Its description is written last: if it exists, all pictures are complete. */
async function drawInto({ module, name, shape, folder, table }) {
  const exported = Object.values(await import(module));
  const study = exported.find((one) => one?.name === name && one.paint);
  const { Brush } = await import(join(cache, "brush.mjs"));
  const { pictures, ground } = await draw(study, shape, Brush);
  for (const one of pictures) {
    const digest = createHash("sha256").update(one.bytes).digest("hex").slice(0, 12);
    one.file = `${basename(table, ".json")}-${one.wide}-${digest}.${one.kind}`;
    await writeFile(join(folder, one.file), one.bytes);
    one.bytes = one.bytes.length;
  }
  await writeFile(table, JSON.stringify({ pictures, ground }));
}

/** Renders stills in one worker thread for each core. */
async function drawAll(jobs) {
  const left = [...jobs];
  const work = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(fileURLToPath(import.meta.url));
      const next = () => {
        const job = left.shift();
        if (job) worker.postMessage(job);
        else void worker.terminate().then(resolve);
      };
      worker.on("message", next);
      worker.on("error", reject);
      next();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, work));
}

if (!isMainThread) parentPort.on("message", (job) => void drawInto(job).then(() => parentPort.postMessage("drawn")));

const isThere = (path) => access(path).then(() => true, () => false);

/** Returns every still: its text alternative, its files, and the values of the attributes with which pages show it. */
export async function stills() {
  const { all, parts } = await sources();
  await mkdir(cache, { recursive: true });
  await writeFile(join(cache, "brush.mjs"), all);
  const { studies } = await import(join(cache, "brush.mjs"));
  const names = new Map();
  for (const text of parts) {
    const code = text.replace(/\balt:\s*"(?:[^"\\]|\\.)*"/g, "");
    const digest = createHash("sha256").update(code).update(JSON.stringify([SHAPES, BROAD, [...TALL], QUALITY, MOMENT]));
    const key = digest.digest("hex").slice(0, 16);
    const module = join(cache, `${key}.mjs`);
    await writeFile(module, text);
    for (const one of Object.values(await import(module))) if (one?.paint && one.name) names.set(one.name, { key, module });
  }
  const known = new Set(["brush.mjs", ...[...names.values()].flatMap(({ key }) => [key, `${key}.mjs`])]);
  for (const old of await readdir(cache)) if (!known.has(old)) await rm(join(cache, old), { recursive: true });
  const wanted = studies.flatMap((study) => {
    const { key, module } = names.get(study.name);
    const folder = join(cache, key);
    const shapes = TALL.has(study.name) ? ["broad", "tall"] : ["broad"];
    return shapes.map((shape) => {
      const name = shape === "tall" ? `${study.name}-tall` : study.name;
      return { study, shape, name, folder, module, table: join(folder, `${name}.json`) };
    });
  });
  const jobs = [];
  for (const { study, shape, folder, module, table } of wanted) {
    await mkdir(folder, { recursive: true });
    if (!(await isThere(table))) jobs.push({ module, name: study.name, shape, folder, table });
  }
  if (jobs.length > 0) console.log(`light studies: ${jobs.length} to draw`);
  await drawAll(jobs);
  const made = [];
  for (const { study, shape, name, folder, table } of wanted) {
    const { pictures, ground } = JSON.parse(await readFile(table, "utf8"));
    const set = (kind) =>
      pictures.filter((one) => one.kind === kind).map((one) => `/assets/${one.file} ${one.wide}w`).join(", ");
    made.push({
      name,
      alt: study.alt,
      ground,
      width: SHAPES[shape].width,
      height: SHAPES[shape].height,
      avif: set("avif"),
      webp: set("webp"),
      jpeg: `/assets/${pictures.find((one) => one.kind === "jpg").file}`,
      pictures: pictures.map((one) => ({ ...one, path: join(folder, one.file) })),
    });
  }
  return made;
}
