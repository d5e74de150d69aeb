// The shapes of scenes as signed distance functions, and the noise for wood, stone, and cloth.

import type { Distance, Matter, Solid, Vec } from "./model";

/** Lengths of vectors. `Math.hypot` is many times slower, and everything drawn here depends on these. */
export const norm2 = (x: number, y: number): number => Math.sqrt(x * x + y * y);
export const norm3 = (x: number, y: number, z: number): number => Math.sqrt(x * x + y * y + z * z);

/** Returns noise on a lattice, from -1 to 1, smooth between its points. */
export function noise(x: number, y: number, z: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const iz = Math.floor(z);
  const fx = x - ix;
  const fy = y - iy;
  const fz = z - iz;
  const u = fx * fx * (3 - 2 * fx);
  const v = fy * fy * (3 - 2 * fy);
  const w = fz * fz * (3 - 2 * fz);
  const x0 = Math.imul(ix, 374761393);
  const x1 = (x0 + 374761393) | 0;
  const y0 = Math.imul(iy, 668265263);
  const y1 = (y0 + 668265263) | 0;
  const z0 = Math.imul(iz, 1274126177);
  const z1 = (z0 + 1274126177) | 0;
  const a = mixed(x0 ^ y0 ^ z0) * (1 - u) + mixed(x1 ^ y0 ^ z0) * u;
  const b = mixed(x0 ^ y1 ^ z0) * (1 - u) + mixed(x1 ^ y1 ^ z0) * u;
  const c = mixed(x0 ^ y0 ^ z1) * (1 - u) + mixed(x1 ^ y0 ^ z1) * u;
  const d = mixed(x0 ^ y1 ^ z1) * (1 - u) + mixed(x1 ^ y1 ^ z1) * u;
  return (((a * (1 - v) + b * v) * (1 - w) + (c * (1 - v) + d * v) * w) / 4294967296) * 2 - 1;
}

function mixed(of: number): number {
  const once = Math.imul(of ^ (of >>> 13), 1103515245);
  return (once ^ (once >>> 16)) >>> 0;
}

/** Returns the same noise with finer detail added. */
export function cloudy(x: number, y: number, z: number, octaves = 4): number {
  let sum = 0;
  let size = 0.5;
  let step = 1;
  for (let octave = 0; octave < octaves; octave += 1) {
    sum += noise(x * step + octave * 7.3, y * step, z * step) * size;
    size *= 0.5;
    step *= 2.03;
  }
  return sum;
}

export function mix(a: Vec, b: Vec, part: number): Vec {
  const p = Math.max(0, Math.min(1, part));
  return [a[0] + (b[0] - a[0]) * p, a[1] + (b[1] - a[1]) * p, a[2] + (b[2] - a[2]) * p];
}

/** Returns a smooth transition from 0 to 1 between two numbers. */
export function ease(from: number, to: number, x: number): number {
  const part = Math.max(0, Math.min(1, (x - from) / (to - from)));
  return part * part * (3 - 2 * part);
}

/** Joins two shapes smoothly. `k` is the width of the transition. */
export function join(a: number, b: number, k: number): number {
  const part = Math.max(k - Math.abs(a - b), 0) / k;
  return Math.min(a, b) - part * part * k * 0.25;
}

/** Subtracts one shape from another, with a soft edge. */
export function cut(a: number, b: number, k: number): number {
  return -join(-a, b, k);
}

export const sphere = (x: number, y: number, z: number, r: number): number => Math.sqrt(x * x + y * y + z * z) - r;

/** Returns an approximate distance that is good enough for ellipsoids that are not thin. */
export function ellipsoid(x: number, y: number, z: number, rx: number, ry: number, rz: number): number {
  const k0 = norm3(x / rx, y / ry, z / rz);
  const k1 = norm3(x / (rx * rx), y / (ry * ry), z / (rz * rz));
  return k1 < 1e-6 ? -Math.min(rx, ry, rz) : (k0 * (k0 - 1)) / k1;
}

/** Returns the distance to a box with half lengths and rounded edges. */
export function box(x: number, y: number, z: number, hx: number, hy: number, hz: number, round = 0): number {
  const qx = Math.abs(x) - hx + round;
  const qy = Math.abs(y) - hy + round;
  const qz = Math.abs(z) - hz + round;
  const most = Math.max(qx, qy, qz);
  return (most <= 0 ? most : norm3(Math.max(qx, 0), Math.max(qy, 0), Math.max(qz, 0))) - round;
}

/** Returns the distance to an upright cylinder: its radius, half its height, and the rounding of its edges. */
export function drum(x: number, y: number, z: number, r: number, half: number, round = 0): number {
  const qr = Math.sqrt(x * x + z * z) - r + round;
  const qy = Math.abs(y) - half + round;
  return Math.min(Math.max(qr, qy), 0) + norm2(Math.max(qr, 0), Math.max(qy, 0)) - round;
}

export function ring(x: number, y: number, z: number, r: number, thick: number): number {
  return norm2(Math.sqrt(x * x + z * z) - r, y) - thick;
}

/**
 * Returns the distance to a rod from one point to another, with the radius at each end. All arguments are numbers,
 * because arrays would be allocated for each call.
 */
export function bar(x: number, y: number, z: number, ax: number, ay: number, az: number, tx: number, ty: number, tz: number, ra: number, rb = ra): number {
  const bx = tx - ax;
  const by = ty - ay;
  const bz = tz - az;
  const px = x - ax;
  const py = y - ay;
  const pz = z - az;
  const part = Math.max(0, Math.min(1, (px * bx + py * by + pz * bz) / (bx * bx + by * by + bz * bz)));
  return norm3(px - bx * part, py - by * part, pz - bz * part) - (ra + (rb - ra) * part);
}

/** Returns the same distance between points given as arrays. */
export const rod = (x: number, y: number, z: number, a: Vec, b: Vec, ra: number, rb = ra): number =>
  bar(x, y, z, a[0], a[1], a[2], b[0], b[1], b[2], ra, rb);

/**
 * Returns the distance to a solid of revolution: a profile (radius, height) around an upright axis, as a wall of a
 * thickness.
 */
export function turned(x: number, y: number, z: number, profile: readonly (readonly [r: number, y: number])[], thick: number): number {
  const r = Math.sqrt(x * x + z * z);
  let best = 1e9;
  for (let one = 1; one < profile.length; one += 1) {
    const from = profile[one - 1] as readonly [number, number];
    const to = profile[one] as readonly [number, number];
    const ar = from[0];
    const ay = from[1];
    const dr = to[0] - ar;
    const dy = to[1] - ay;
    const part = Math.max(0, Math.min(1, ((r - ar) * dr + (y - ay) * dy) / (dr * dr + dy * dy)));
    best = Math.min(best, norm2(r - ar - dr * part, y - ay - dy * part));
  }
  return best - thick;
}

/** Returns the same shape at another position, turned around the upright axis. */
export function placed(distance: Distance, x: number, y: number, z: number, turn = 0): Distance {
  if (turn === 0) return (px, py, pz) => distance(px - x, py - y, pz - z);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  return (px, py, pz) => {
    const qx = px - x;
    const qz = pz - z;
    return distance(qx * cos + qz * sin, py - y, qz * cos - qx * sin);
  };
}

/** Returns the shape tilted by an angle around the axis that goes into the picture. */
export function leaned(distance: Distance, angle: number): Distance {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y, z) => distance(x * cos + y * sin, y * cos - x * sin, z);
}

/** Returns the shape tilted by an angle towards the viewer or away, around the horizontal axis. */
export function tipped(distance: Distance, angle: number): Distance {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y, z) => distance(x, y * cos + z * sin, z * cos - y * sin);
}

export function solid(matter: Matter, distance: Distance, around?: Solid["around"], casts = true): Solid {
  return around ? { matter, distance, around, casts } : { matter, distance, casts };
}

/** Returns a solid that stands at a position. `reach` is how far it extends from there. */
export function stood(matter: Matter, distance: Distance, at: Vec, reach: number, turn = 0, casts = true): Solid {
  return { matter, distance: placed(distance, at[0], at[1], at[2], turn), around: [at[0], at[1], at[2], reach], casts };
}

export const floor = (matter: Matter, y: number): Solid => ({ matter, distance: (_x, py) => py - y, flat: [0, 1, 0, y], casts: false });
/** Returns a wall behind everything. */
export const wall = (matter: Matter, z: number): Solid => ({ matter, distance: (_x, _y, pz) => z - pz, flat: [0, 0, -1, -z], casts: false });

/** Encloses a costly shape in a box with half lengths around a center: from a distance, the box is used instead. */
export function boxed(form: Distance, middle: Vec, half: Vec): Distance {
  const [mx, my, mz] = middle;
  const [hx, hy, hz] = half;
  return (x, y, z) => {
    const apart = box(x - mx, y - my, z - mz, hx, hy, hz);
    return apart > 0.12 ? apart : form(x, y, z);
  };
}
