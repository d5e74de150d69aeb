// A small renderer for scenes of solids: each is told by its distance (a signed distance function), rays are marched
// to the nearest one, and light falls on it with soft shadows. Plain arithmetic, so that every machine draws the same.

import { Tracer, type Triple, unit } from "./tracer";

export type Vec = readonly [x: number, y: number, z: number];
export type Distance = (x: number, y: number, z: number) => number;

/** What a solid is made of. Colors are linear light, from 0 to 1; see `tint`. */
export interface Matter {
  color: Vec | ((x: number, y: number, z: number) => Vec);
  /** How strongly and how sharply it shines. */
  shine?: number;
  gloss?: number;
  /** How much it mirrors when looked at straight; more at a slant. */
  mirror?: number;
  /** Light of its own. */
  glow?: Vec | ((x: number, y: number, z: number) => Vec);
  /** How far light reaches around it, from 0 to 1: wax, skin and linen are soft. */
  soft?: number;
  /** A fine relief, in the length units of the scene. */
  relief?: Distance;
  /** The step at which the relief is read. */
  grain?: number;
}

export interface Solid {
  distance: Distance;
  matter: Matter;
  /** A sphere around it: its middle and radius. Without one it is measured everywhere. */
  around?: readonly [x: number, y: number, z: number, r: number];
  /** Whether it throws a shadow; it does unless this is false. */
  casts?: boolean;
}

export interface Lamp {
  at: Vec;
  /** Linear light at a distance of one. */
  light: Vec;
  /** Its radius: the larger, the softer the shadows. */
  size: number;
  /** Where it points, and the cosines between which it fades. Without it, it shines all around. */
  toward?: Vec;
  cone?: readonly [inner: number, outer: number];
  /** How much of it hangs in the air. */
  haze?: number;
  /** Whether things stand in its way; they do unless this is false. */
  shadows?: boolean;
}

export interface Scene {
  eye: Vec;
  target: Vec;
  /** The height of the view at a distance of one; wide pictures see more at the sides. */
  view: number;
  solids: readonly Solid[];
  lamps: readonly Lamp[];
  /** Light from everywhere: from above and from below. */
  above: Vec;
  below: Vec;
  /** What fills the distance, and how soon: the share that is left after one unit. */
  air: Vec;
  clear: number;
  /** Where rays end. */
  far: number;
  exposure?: number;
  /** The share of the picture's width that is rendered; what is soft and costly can do with less. */
  share?: number;
}

/** A color as it is written, "#rrggbb", in linear light, times a factor. */
export function tint(hex: string, times = 1): Vec {
  const part = (at: number) => (Number.parseInt(hex.slice(at, at + 2), 16) / 255) ** 2.2 * times;
  return [part(1), part(3), part(5)];
}

/** The camera of a scene for a picture of that shape: its three axes, and half of what it sees. */
function camera(scene: Scene, ratio: number) {
  const [ex, ey, ez] = scene.eye;
  const [fx, fy, fz] = unit(scene.target[0] - ex, scene.target[1] - ey, scene.target[2] - ez);
  const [rx, ry, rz] = unit(fz, 0, -fx);
  const up: Triple = [fy * rz - fz * ry, fz * rx - fx * rz, fx * ry - fy * rx];
  // A tall picture keeps what lies in the middle three quarters of a broad one.
  const half = ratio >= 1 ? scene.view / 2 : (scene.view / 2) * Math.max(1, 1.02 / ratio);
  return { forward: [fx, fy, fz] as Triple, right: [rx, ry, rz] as Triple, up, high: half, wide: half * ratio };
}

/** Where a point of the scene is seen, in parts of the picture, and how large a length of one is there in parts of its height. */
export function seen(scene: Scene, ratio: number, at: Vec): { x: number; y: number; size: number } {
  const { forward, right, up, high, wide } = camera(scene, ratio);
  const from: Triple = [at[0] - scene.eye[0], at[1] - scene.eye[1], at[2] - scene.eye[2]];
  const along = (axis: Triple) => from[0] * axis[0] + from[1] * axis[1] + from[2] * axis[2];
  const deep = along(forward);
  return { x: 0.5 + along(right) / deep / wide / 2, y: 0.5 - along(up) / deep / high / 2, size: 1 / deep / high / 2 };
}

/** Light as film takes it: bright parts bend towards white and never clip (after Narkowicz). */
function film(light: number): number {
  const v = Math.max(0, light);
  return (Math.max(0, Math.min(1, (v * (2.51 * v + 0.03)) / (v * (2.43 * v + 0.59) + 0.14)))) ** (1 / 2.2);
}

/** How far neighbors may differ before they are looked at anew: of two solids, and of one. */
const EDGE = 0.04;
const TEXTURE = 0.13;

/** A picture of a scene: red, green, blue and a full alpha, row by row. Where neighbors differ, a pixel is looked at anew, finer. */
export function render(scene: Scene, width: number, height: number): Uint8ClampedArray {
  const tracer = new Tracer(scene);
  const { forward, right, up, high, wide } = camera(scene, width / height);
  const [ex, ey, ez] = scene.eye;
  const exposure = scene.exposure ?? 1;
  const ray = (px: number, py: number): Triple => {
    const sx = ((px / width) * 2 - 1) * wide;
    const sy = (1 - (py / height) * 2) * high;
    return unit(forward[0] + right[0] * sx + up[0] * sy, forward[1] + right[1] * sx + up[1] * sy, forward[2] + right[2] * sx + up[2] * sy);
  };
  // A block of pixels shares its way through empty space.
  const block = 8;
  const starts = new Float32Array(Math.ceil(width / block) * Math.ceil(height / block));
  const across = Math.ceil(width / block);
  const cone = (Math.hypot(wide / width, high / height) * block * 1.1);
  for (let by = 0; by * block < height; by += 1) {
    for (let bx = 0; bx < across; bx += 1) {
      const [dx, dy, dz] = ray((bx + 0.5) * block, (by + 0.5) * block);
      tracer.pickAll(ex, ey, ez, dx, dy, dz, cone);
      let t = 0.02;
      for (let step = 0; step < 90 && t < scene.far; step += 1) {
        const near = tracer.near(ex + dx * t, ey + dy * t, ez + dz * t) - cone * t;
        if (near < 0.002) break;
        t += near * 0.8;
      }
      starts[by * across + bx] = t * 0.96;
    }
  }
  const once = (px: number, py: number): Triple => {
    const [dx, dy, dz] = ray(px, py);
    const start = starts[Math.min(Math.floor(py / block), Math.ceil(height / block) - 1) * across + Math.min(Math.floor(px / block), across - 1)] ?? 0.02;
    tracer.pickAll(ex, ey, ez, dx, dy, dz, 0.001);
    tracer.look(ex, ey, ez, dx, dy, dz, start, 1);
    return [film(tracer.r * exposure), film(tracer.g * exposure), film(tracer.b * exposure)];
  };
  const light = new Float32Array(width * height * 3);
  const seenAt = new Int16Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      light.set(once(x + 0.5, y + 0.5), (y * width + x) * 3);
      seenAt[y * width + x] = tracer.first;
    }
  }
  const pixels = new Uint8ClampedArray(width * height * 4);
  const differs = (a: number, b: number) => {
    const [p, q] = [a * 3, b * 3];
    const most = Math.max(
      Math.abs((light[p] as number) - (light[q] as number)),
      Math.abs((light[p + 1] as number) - (light[q + 1] as number)),
      Math.abs((light[p + 2] as number) - (light[q + 2] as number)),
    );
    return most > (seenAt[a] === seenAt[b] ? TEXTURE : EDGE);
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      let [r, g, b] = [light[at * 3] as number, light[at * 3 + 1] as number, light[at * 3 + 2] as number];
      if (
        (x > 0 && differs(at, at - 1)) ||
        (x < width - 1 && differs(at, at + 1)) ||
        (y > 0 && differs(at, at - width)) ||
        (y < height - 1 && differs(at, at + width))
      ) {
        for (const [ox, oy] of [[0.125, 0.375], [0.375, 0.875], [0.625, 0.125], [0.875, 0.625]] as const) {
          const more = once(x + ox, y + oy);
          r += more[0];
          g += more[1];
          b += more[2];
        }
        r /= 5;
        g /= 5;
        b /= 5;
      }
      pixels.set([r * 255, g * 255, b * 255, 255], at * 4);
    }
  }
  return pixels;
}
