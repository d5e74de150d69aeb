// A small renderer for scenes of solids. Each solid is given by a signed distance function, rays are marched to the
// nearest one, and it is lit with soft shadows. It uses plain arithmetic, so that every machine draws the same picture.

import type { Scene, Vec } from "./model";
import { Some, Tracer, type Triple, unit } from "./tracer";

const tints = new Map<string, Vec>();

/** Returns a color such as "#rrggbb" as linear light, times a factor. */
export function tint(hex: string, times = 1): Vec {
  let made = tints.get(hex);
  if (!made) {
    const part = (at: number) => (Number.parseInt(hex.slice(at, at + 2), 16) / 255) ** 2.2;
    made = [part(1), part(3), part(5)];
    tints.set(hex, made);
  }
  return times === 1 ? made : [made[0] * times, made[1] * times, made[2] * times];
}

/** Returns the camera of a scene for a picture with an aspect ratio: its three axes, and half of its field of view. */
function camera(scene: Scene, ratio: number) {
  const [ex, ey, ez] = scene.eye;
  const [fx, fy, fz] = unit(scene.target[0] - ex, scene.target[1] - ey, scene.target[2] - ez);
  const [rx, ry, rz] = unit(fz, 0, -fx);
  const up: Triple = [fy * rz - fz * ry, fz * rx - fx * rz, fx * ry - fy * rx];
  // A tall picture keeps the middle three quarters of what a broad one shows.
  const half = ratio >= 1 ? scene.view / 2 : (scene.view / 2) * Math.max(1, 1.02 / ratio);
  return { forward: [fx, fy, fz] as Triple, right: [rx, ry, rz] as Triple, up, high: half, wide: half * ratio };
}

/**
 * Returns where a point of the scene appears, as parts of the picture, and the size of a length of one there, in parts
 * of its height.
 */
export function seen(scene: Scene, ratio: number, at: Vec): { x: number; y: number; size: number } {
  const { forward, right, up, high, wide } = camera(scene, ratio);
  const from: Triple = [at[0] - scene.eye[0], at[1] - scene.eye[1], at[2] - scene.eye[2]];
  const along = (axis: Triple) => from[0] * axis[0] + from[1] * axis[1] + from[2] * axis[2];
  const deep = along(forward);
  return { x: 0.5 + along(right) / deep / wide / 2, y: 0.5 - along(up) / deep / high / 2, size: 1 / deep / high / 2 };
}

/** The tone curve of film: bright parts approach white and never clip (after Narkowicz). */
function bent(v: number): number {
  return Math.min(1, (v * (2.51 * v + 0.03)) / (v * (2.43 * v + 0.59) + 0.14)) ** (1 / 2.2);
}

/** The same curve as a table over the square root of the light, because it is evaluated often. */
const FINE = 512;
const MOST = 4;
const TABLE = Float64Array.from({ length: FINE * MOST + 2 }, (_, at) => bent((at / FINE) ** 2));
function film(light: number): number {
  if (!(light > 0)) return TABLE[0] as number;
  const at = Math.min(MOST, Math.sqrt(light)) * FINE;
  const low = Math.floor(at);
  const first = TABLE[low] as number;
  return first + ((TABLE[low + 1] as number) - first) * (at - low);
}

/** How much neighboring pixels may differ before they are refined: on two solids, and on one. */
const EDGE = 0.04;
const TEXTURE = 0.13;
/** The sample positions within a refined pixel. */
const WITHIN = [[0.125, 0.375], [0.375, 0.875], [0.625, 0.125], [0.875, 0.625]] as const;
/** The size of a block of pixels that share the start of their rays. */
const BLOCK = 8;
/**
 * The distance in pixels between the points whose shadows are computed first. Between them they are computed only where
 * they differ.
 */
const APART = 4;
/** How much the shadows at neighboring points may differ for those between to be interpolated. */
const ALIKE = 0.09;
/**
 * How much pixels may differ in color for those between to be interpolated: for direct neighbors, and for those further
 * apart.
 */
const SAME = 0.016;
const SAME_APART = 0.008;
/** Planes that mirror no more than this are refined without computing their mirror image again. */
const BRIGHT = 0.12;

/** A picture that is being rendered: what each pixel sees, and the light from there. */
class Picture {
  readonly #tracer: Tracer;
  /** The direction of the current ray. */
  #x = Number.NaN;
  #y = Number.NaN;
  #z = Number.NaN;
  /** The distance that each pixel sees, the solid, and its normal. */
  readonly #deep: Float32Array;
  readonly #which: Int16Array;
  readonly #normals: Float32Array;
  /** The lighting record of each pixel; see `Tracer`. */
  readonly #known: Float32Array;
  readonly #scratch: Float32Array;
  readonly #light: Float32Array;
  readonly #camera: ReturnType<typeof camera>;
  readonly #near: Some;

  constructor(
    readonly scene: Scene,
    readonly width: number,
    readonly height: number,
  ) {
    const count = width * height;
    this.#tracer = new Tracer(scene);
    this.#camera = camera(scene, width / height);
    this.#near = new Some(scene.solids.length);
    this.#deep = new Float32Array(count);
    this.#which = new Int16Array(count);
    this.#normals = new Float32Array(count * 3);
    this.#known = new Float32Array(count * this.#tracer.size).fill(Number.NaN);
    this.#scratch = new Float32Array(this.#tracer.size);
    this.#light = new Float32Array(count * 3);
  }

  #aim(px: number, py: number): void {
    const { forward, right, up, high, wide } = this.#camera;
    const sx = ((px / this.width) * 2 - 1) * wide;
    const sy = (1 - (py / this.height) * 2) * high;
    const x = forward[0] + right[0] * sx + up[0] * sy;
    const y = forward[1] + right[1] * sx + up[1] * sy;
    const z = forward[2] + right[2] * sx + up[2] * sy;
    const length = Math.sqrt(x * x + y * y + z * z);
    this.#x = x / length;
    this.#y = y / length;
    this.#z = z / length;
  }

  /** Finds what every pixel sees. */
  #see(): void {
    const { scene, width, height } = this;
    const tracer = this.#tracer;
    const [ex, ey, ez] = scene.eye;
    const { high, wide } = this.#camera;
    const cone = Math.hypot(wide / width, high / height) * BLOCK * 1.1;
    for (let by = 0; by < height; by += BLOCK) {
      for (let bx = 0; bx < width; bx += BLOCK) {
        this.#aim(bx + BLOCK / 2, by + BLOCK / 2);
        tracer.pick(tracer.formed, ex, ey, ez, this.#x, this.#y, this.#z, scene.far, cone, this.#near);
        tracer.pick(this.#near, ex, ey, ez, this.#x, this.#y, this.#z, scene.far, cone);
        let start = 0.02;
        for (let step = 0; step < 90 && start < scene.far; step += 1) {
          const near = tracer.near(ex + this.#x * start, ey + this.#y * start, ez + this.#z * start) - cone * start;
          if (near < 0.002) break;
          start += near * 0.8;
        }
        start *= 0.96;
        for (let y = by; y < Math.min(height, by + BLOCK); y += 1) {
          for (let x = bx; x < Math.min(width, bx + BLOCK); x += 1) {
            const at = y * width + x;
            this.#deep[at] = this.#meet(x + 0.5, y + 0.5, start, this.#near);
            this.#which[at] = tracer.hit;
            this.#normals[at * 3] = tracer.nx;
            this.#normals[at * 3 + 1] = tracer.ny;
            this.#normals[at * 3 + 2] = tracer.nz;
          }
        }
      }
    }
  }

  /** Returns the distance that a point of the picture sees. The tracer then holds what it hit. */
  #meet(px: number, py: number, start: number, among: Some): number {
    const tracer = this.#tracer;
    const [ex, ey, ez] = this.scene.eye;
    this.#aim(px, py);
    tracer.pick(among, ex, ey, ez, this.#x, this.#y, this.#z, this.scene.far, 0.001);
    const t = tracer.march(ex, ey, ez, this.#x, this.#y, this.#z, start);
    if (t <= this.scene.far) tracer.normal(ex + this.#x * t, ey + this.#y * t, ez + this.#z * t, t);
    return t;
  }

  /** Returns whether two pixels see nearby points of the same surface. */
  #together(a: number, b: number): boolean {
    const deep = this.#deep[a] as number;
    if (this.#which[a] !== this.#which[b] || Math.abs(deep - (this.#deep[b] as number)) > 0.05 * deep) return false;
    const n = this.#normals;
    const [p, q] = [a * 3, b * 3];
    return (n[p] as number) * (n[q] as number) + (n[p + 1] as number) * (n[q + 1] as number) + (n[p + 2] as number) * (n[q + 2] as number) > 0.85;
  }

  /**
   * Interpolates the lighting record of a pixel from two or four pixels around it, if those are similar. Returns
   * whether its color was interpolated too.
   */
  #guess(at: number, a: number, b: number, c: number, d: number, apart: number): boolean {
    if (!this.#together(at, a) || !this.#together(at, b)) return false;
    if (c !== a && (!this.#together(at, c) || !this.#together(at, d))) return false;
    const known = this.#known;
    const { size, mirrored } = this.#tracer;
    // Mirror images are sharper than shadows, and on surfaces with a relief they differ.
    const rough = apart > 1 || this.scene.solids[this.#which[at] as number]?.matter.relief;
    const most = rough ? mirrored : size;
    for (let one = 0; one < most; one += 1) {
      const p = known[a * size + one] as number;
      const q = known[b * size + one] as number;
      const r = known[c * size + one] as number;
      const s = known[d * size + one] as number;
      const low = Math.min(p, q, r, s);
      // If a value is NaN, none of these conditions is true.
      if (Math.max(p, q, r, s) - low < (one < mirrored ? ALIKE : 0.012 + low * 0.1)) known[at * size + one] = (p + q + r + s) / 4;
      else if (one > mirrored) known[at * size + mirrored] = Number.NaN;
    }
    return this.#mix(at, a, b, c, d, apart === 1 ? SAME : SAME_APART);
  }

  /** Interpolates the color of a pixel from those around it, if they have nearly the same color. */
  #mix(at: number, a: number, b: number, c: number, d: number, most: number): boolean {
    const light = this.#light;
    for (let part = 0; part < 3; part += 1) {
      const p = light[a * 3 + part] as number;
      const q = light[b * 3 + part] as number;
      const r = light[c * 3 + part] as number;
      const s = light[d * 3 + part] as number;
      if (Math.max(p, q, r, s) - Math.min(p, q, r, s) > most) return false;
      light[at * 3 + part] = (p + q + r + s) / 4;
    }
    return true;
  }

  /** Lights every pixel: first a grid, then those between. */
  #shine(): void {
    const { width, height, scene } = this;
    const [ex, ey, ez] = scene.eye;
    const tracer = this.#tracer;
    const exposure = scene.exposure ?? 1;
    for (let apart = APART; apart >= 1; apart /= 2) {
      for (let y = 0; y < height; y += apart) {
        const odd = apart < APART && y % (apart * 2) !== 0;
        for (let x = 0; x < width; x += apart) {
          const uneven = apart < APART && x % (apart * 2) !== 0;
          if (apart < APART && !odd && !uneven) continue;
          const at = y * width + x;
          const [dx, dy] = [uneven ? apart : 0, odd ? apart * width : 0];
          if (apart < APART && (!uneven || x + apart < width) && (!odd || y + apart < height)) {
            const [a, b] = [at - dx - dy, at + dx + dy];
            if (uneven && odd ? this.#guess(at, a, b, at + dx - dy, at - dx + dy, apart) : this.#guess(at, a, b, a, b, apart)) continue;
          }
          this.#aim(x + 0.5, y + 0.5);
          tracer.hit = this.#which[at] as number;
          tracer.nx = this.#normals[at * 3] as number;
          tracer.ny = this.#normals[at * 3 + 1] as number;
          tracer.nz = this.#normals[at * 3 + 2] as number;
          tracer.look(ex, ey, ez, this.#x, this.#y, this.#z, this.#deep[at] as number, 1, this.#known, at * tracer.size);
          this.#light[at * 3] = film(tracer.r * exposure);
          this.#light[at * 3 + 1] = film(tracer.g * exposure);
          this.#light[at * 3 + 2] = film(tracer.b * exposure);
        }
      }
    }
  }

  #differs(a: number, b: number): boolean {
    const light = this.#light;
    const most = Math.max(
      Math.abs((light[a * 3] as number) - (light[b * 3] as number)),
      Math.abs((light[a * 3 + 1] as number) - (light[b * 3 + 1] as number)),
      Math.abs((light[a * 3 + 2] as number) - (light[b * 3 + 2] as number)),
    );
    return most > (this.#which[a] === this.#which[b] ? TEXTURE : EDGE);
  }

  /** Returns the picture. Where neighbors differ, a pixel is refined with several samples. */
  pixels(): Uint8ClampedArray {
    this.#see();
    this.#shine();
    const { width, height } = this;
    const pixels = new Uint8ClampedArray(width * height * 4);
    const light = this.#light;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const at = y * width + x;
        let r = light[at * 3] as number;
        let g = light[at * 3 + 1] as number;
        let b = light[at * 3 + 2] as number;
        if (
          (x > 0 && this.#differs(at, at - 1)) ||
          (x < width - 1 && this.#differs(at, at + 1)) ||
          (y > 0 && this.#differs(at, at - width)) ||
          (y < height - 1 && this.#differs(at, at + width))
        ) {
          for (const [ox, oy] of WITHIN) {
            this.#anew(x, y, ox, oy);
            r += this.#tracer.r;
            g += this.#tracer.g;
            b += this.#tracer.b;
          }
          r /= WITHIN.length + 1;
          g /= WITHIN.length + 1;
          b /= WITHIN.length + 1;
        }
        pixels[at * 4] = r * 255;
        pixels[at * 4 + 1] = g * 255;
        pixels[at * 4 + 2] = b * 255;
        pixels[at * 4 + 3] = 255;
      }
    }
    return pixels;
  }

  /**
   * Samples a pixel again at a position within it. It reuses the lighting record of the nearest pixel that sees the
   * same surface.
   */
  #anew(x: number, y: number, ox: number, oy: number): void {
    const { width, height, scene } = this;
    const tracer = this.#tracer;
    const [ex, ey, ez] = scene.eye;
    const exposure = scene.exposure ?? 1;
    // The neighbors tell where the ray may start, because none of them hit anything before that.
    let start = scene.far;
    for (let py = Math.max(0, y - 1); py <= Math.min(height - 1, y + 1); py += 1) {
      for (let px = Math.max(0, x - 1); px <= Math.min(width - 1, x + 1); px += 1) start = Math.min(start, this.#deep[py * width + px] as number);
    }
    const t = this.#meet(x + ox, y + oy, Math.max(0.02, start * 0.97 - 0.02), tracer.formed);
    const { size } = tracer;
    const known = this.#scratch;
    known.fill(Number.NaN);
    const [sx, sy] = [ox < 0.5 ? -1 : 1, oy < 0.5 ? -1 : 1];
    for (let one = 0; one < 4; one += 1) {
      const px = x + (one & 1 ? sx : 0);
      const py = y + (one & 2 ? sy : 0);
      if (px < 0 || py < 0 || px >= width || py >= height) continue;
      const at = py * width + px;
      if (this.#which[at] !== tracer.hit || Math.abs((this.#deep[at] as number) - t) > 0.05 * t) continue;
      const n = this.#normals;
      if ((n[at * 3] as number) * tracer.nx + (n[at * 3 + 1] as number) * tracer.ny + (n[at * 3 + 2] as number) * tracer.nz < 0.8) continue;
      for (let part = 0; part < size; part += 1) known[part] = this.#known[at * size + part] as number;
      break;
    }
    const met = scene.solids[tracer.hit];
    if (!met?.flat || (met.matter.mirror ?? 0) > BRIGHT) known[tracer.mirrored] = Number.NaN;
    tracer.look(ex, ey, ez, this.#x, this.#y, this.#z, t, 1, known, 0);
    tracer.r = film(tracer.r * exposure);
    tracer.g = film(tracer.g * exposure);
    tracer.b = film(tracer.b * exposure);
  }
}

/** Renders a scene: red, green, blue, and an alpha of 255, row by row. */
export function render(scene: Scene, width: number, height: number): Uint8ClampedArray {
  return new Picture(scene, width, height).pixels();
}
