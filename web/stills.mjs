// The light studies as still pictures: every one in three widths, as AVIF and WebP, with one JPEG for old browsers and
// a tiny one that is seen while they come. What was drawn before from the same sources is taken from .cache.

import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { build } from "esbuild";

const here = import.meta.dirname;
const cache = join(here, ".cache");

/** The largest size, and the widths that are offered. A tall one is for whole screens of a phone. */
const SHAPES = {
  broad: { width: 1920, height: 1280, widths: [480, 960, 1920] },
  tall: { width: 1080, height: 1920, widths: [540, 1080] },
};
/** Those that fill a screen, and are needed tall too. */
const TALL = new Set(["the-house", "mensuite", "private"]);
const QUALITY = { avif: { quality: 58, speed: 6 }, webp: 80, jpeg: 82 };
/** The moment at which living pictures are held still, in seconds. */
const MOMENT = 7;

/** What a still depends on besides its name. */
async function source() {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: ["studies/index.ts"],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  return Buffer.from(outputFiles[0].contents);
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

/** Halves until the next half would be too small: a single step would lose what is fine. */
function shrunk(canvas, width) {
  let one = canvas;
  while (one.width >= width * 2) one = scaled(one, Math.round(one.width / 2));
  return one.width === width ? one : scaled(one, width);
}

/** A WebP with its picture alone: of a tiny one the profile of its colours is the larger part. */
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
    pictures.push({ wide, kind: "webp", bytes: await one.encode("webp", QUALITY.webp) });
  }
  pictures.push({ wide: widths[1], kind: "jpg", bytes: await shrunk(canvas, widths[1]).encode("jpeg", QUALITY.jpeg) });
  const tiny = bare(await shrunk(canvas, 24).encode("webp", 40));
  return { pictures, ground: `data:image/webp;base64,${tiny.toString("base64")}` };
}

/** Every still: its words, its files, and what a page says of them. */
export async function stills() {
  const code = await source();
  const key = createHash("sha256").update(code).update(JSON.stringify([SHAPES, [...TALL], QUALITY, MOMENT])).digest("hex").slice(0, 16);
  const folder = join(cache, key);
  await mkdir(folder, { recursive: true });
  for (const old of await readdir(cache)) if (old !== key) await rm(join(cache, old), { recursive: true });
  const module = join(folder, "studies.mjs");
  await writeFile(module, code);
  const { studies, Brush } = await import(module);
  const made = [];
  for (const study of studies) {
    for (const shape of TALL.has(study.name) ? ["broad", "tall"] : ["broad"]) {
      const name = shape === "tall" ? `${study.name}-tall` : study.name;
      const told = join(folder, `${name}.json`);
      if (await access(told).then(() => false, () => true)) {
        const { pictures, ground } = await draw(study, shape, Brush);
        for (const one of pictures) {
          const digest = createHash("sha256").update(one.bytes).digest("hex").slice(0, 12);
          one.file = `${name}-${one.wide}-${digest}.${one.kind}`;
          await writeFile(join(folder, one.file), one.bytes);
          one.bytes = one.bytes.length;
        }
        // Last, for whoever finds it may believe in the rest.
        await writeFile(told, JSON.stringify({ pictures, ground }));
      }
      const { pictures, ground } = JSON.parse(await readFile(told, "utf8"));
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
  }
  return made;
}
