// Rays: how far one goes in a scene of solids, what it hits, and the light that comes back along it.

import type { Lamp, Scene, Solid } from "./model";

export type Triple = [number, number, number];

export const unit = (x: number, y: number, z: number): Triple => {
  const length = Math.sqrt(x * x + y * y + z * z) || 1e-9;
  return [x / length, y / length, z / length];
};

/** How far from a mirroring surface the reflected ray begins. */
const BOUNCE = 0.008;

/** The distance from a solid's bounding sphere beyond which the sphere is used instead of its shape. */
const AFAR = 0.3;

/** A reusable list of solids, by their index in the scene. It is refilled without being allocated again. */
export class Some {
  readonly at: Int32Array;
  count = 0;

  constructor(most: number) {
    this.at = new Int32Array(most);
  }
}

/**
 * Traces rays. The lighting record of a point holds how open it lies, how much of each lamp it sees, and what it
 * mirrors (red, green, blue). A value that is NaN is not known yet, and is computed when it is needed.
 */
export class Tracer {
  /**
   * The index of the solid that was nearest at the last measurement, or was hit by the last ray; -1 if there was none.
   */
  hit = 0;
  /**
   * The light that the last call of `look` found. They start as NaN rather than as integers, because a field that
   * changes its representation is slow.
   */
  r = Number.NaN;
  g = Number.NaN;
  b = Number.NaN;
  /** The last normal. */
  nx = Number.NaN;
  ny = Number.NaN;
  nz = Number.NaN;
  /** The number of values in a record, and the index of the first mirrored one. */
  readonly size: number;
  readonly mirrored: number;
  /** The solids with a distance function; planes are intersected directly. */
  readonly formed: Some;
  readonly #all: Some;
  readonly #casters: Some;
  readonly #flats: Int32Array;
  /** The few solids that matter for the current ray. */
  readonly #few: Some;
  readonly #solids: readonly Solid[];
  /** The bounding sphere of each solid: its center and radius. The radius is negative if it has none. */
  readonly #around: Float64Array;
  readonly #aims: readonly Triple[];
  readonly #again: Float32Array;
  readonly #thin: number;

  constructor(readonly scene: Scene) {
    const { solids, lamps } = scene;
    this.#solids = solids;
    const some = (which: (solid: Solid) => boolean) => {
      const made = new Some(solids.length);
      for (const [at, solid] of solids.entries()) if (which(solid)) made.at[made.count++] = at;
      return made;
    };
    this.#all = some(() => true);
    this.formed = some((solid) => !solid.flat);
    this.#casters = some((solid) => solid.casts !== false);
    this.#flats = Int32Array.from(solids.flatMap((solid, at) => (solid.flat ? [at] : [])));
    this.#few = new Some(solids.length);
    this.#around = Float64Array.from(solids.flatMap(({ around }) => (around ? [...around] : [0, 0, 0, -1])));
    this.#aims = lamps.map(({ at, toward }) => (toward ? unit(toward[0] - at[0], toward[1] - at[1], toward[2] - at[2]) : [0, 0, 0]));
    this.mirrored = 1 + lamps.length;
    this.size = this.mirrored + 3;
    this.#again = new Float32Array(this.size);
    this.#thin = Math.log(scene.clear);
  }

  /** Selects the solids that a ray may come near, if it spreads by `spread` on each unit of its way. */
  pick(from: Some, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, far: number, spread: number, few = this.#few): void {
    const around = this.#around;
    let count = 0;
    for (let one = 0; one < from.count; one += 1) {
      const at = from.at[one] as number;
      const r = around[at * 4 + 3] as number;
      if (r >= 0) {
        const x = (around[at * 4] as number) - ox;
        const y = (around[at * 4 + 1] as number) - oy;
        const z = (around[at * 4 + 2] as number) - oz;
        const along = Math.max(0, Math.min(far, x * dx + y * dy + z * dz));
        const apart = r + spread * along + 0.01;
        const mx = x - dx * along;
        const my = y - dy * along;
        const mz = z - dz * along;
        if (mx * mx + my * my + mz * mz > apart * apart) continue;
      }
      few.at[count] = at;
      count += 1;
    }
    few.count = count;
  }

  /** Returns the distance to the nearest of the selected solids. */
  near(x: number, y: number, z: number): number {
    const { at: few, count } = this.#few;
    const around = this.#around;
    let best = 1e9;
    for (let one = 0; one < count; one += 1) {
      const at = few[one] as number;
      const r = around[at * 4 + 3] as number;
      if (r >= 0) {
        const dx = x - (around[at * 4] as number);
        const dy = y - (around[at * 4 + 1] as number);
        const dz = z - (around[at * 4 + 2] as number);
        const room = dx * dx + dy * dy + dz * dz;
        const reach = best + r;
        if (reach < 0 || room > reach * reach) continue;
        // From a distance the bounding sphere is used: lamps are not so large that the difference would be visible.
        if (room > (r + AFAR) * (r + AFAR)) {
          best = Math.sqrt(room) - r;
          continue;
        }
      }
      const far = (this.#solids[at] as Solid).distance(x, y, z);
      if (far < best) {
        best = far;
        this.hit = at;
      }
    }
    return best;
  }

  /**
   * Returns how far the ray for which `pick` was called goes, and sets `hit` to what it hits. Beyond `scene.far` it
   * hits nothing.
   */
  march(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, from: number): number {
    let { far } = this.scene;
    let met = -1;
    for (let one = 0; one < this.#flats.length; one += 1) {
      const at = this.#flats[one] as number;
      const [nx, ny, nz, level] = (this.#solids[at] as Solid).flat as readonly [number, number, number, number];
      const toward = nx * dx + ny * dy + nz * dz;
      if (toward >= 0) continue;
      const t = (level - nx * ox - ny * oy - nz * oz) / toward;
      if (t < far && t > 0) {
        far = t;
        met = at;
      }
    }
    if (this.#few.count > 0) {
      let t = from;
      for (let step = 0; step < 160 && t < far; step += 1) {
        const near = this.near(ox + dx * t, oy + dy * t, oz + dz * t);
        if (near < 0.0005 * t) return t;
        t += near * 0.95;
      }
      if (t < far) return t;
    }
    this.hit = met;
    return met < 0 ? this.scene.far + 1 : far;
  }

  /** Returns how much of a lamp is visible from a point. The larger the lamp, the softer the edge of its shadow. */
  #lit(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, far: number, size: number): number {
    const spread = Math.max(0.01, size / far);
    this.pick(this.#casters, ox, oy, oz, dx, dy, dz, far, spread);
    if (this.#few.count === 0) return 1;
    let rest = 1;
    let t = 0.014;
    for (let step = 0; step < 60 && t < far; step += 1) {
      const near = this.near(ox + dx * t, oy + dy * t, oz + dz * t);
      rest = Math.min(rest, near / (spread * t));
      if (rest < -1) break;
      t += Math.max(0.01 + t * 0.016, near);
    }
    rest = Math.max(rest, -1);
    return 0.25 * (1 + rest) * (1 + rest) * (2 - rest);
  }

  /** Returns how open a point is along its normal: 1 is in the open, 0 is in a fold. */
  #open(x: number, y: number, z: number): number {
    const { nx, ny, nz } = this;
    this.pick(this.#all, x, y, z, nx, ny, nz, 0.3, 1);
    let closed = 0;
    let weight = 1;
    for (let far = 0.02; far < 0.4; far *= 2.3) {
      closed += Math.max(0, far - this.near(x + nx * far, y + ny * far, z + nz * far)) * weight;
      weight *= 0.7;
    }
    return Math.max(0.02, 1 - 2.2 * closed);
  }

  #turn(x: number, y: number, z: number): void {
    const length = Math.sqrt(x * x + y * y + z * z) || 1e-9;
    this.nx = x / length;
    this.ny = y / length;
    this.nz = z / length;
  }

  /** Computes the normal at the point that was hit. */
  normal(x: number, y: number, z: number, t: number): void {
    const { distance, flat } = this.#solids[this.hit] as Solid;
    if (flat) {
      this.nx = flat[0];
      this.ny = flat[1];
      this.nz = flat[2];
      return;
    }
    const e = 0.0006 * (1 + t * 0.4);
    const a = distance(x + e, y - e, z - e);
    const b = distance(x - e, y - e, z + e);
    const c = distance(x - e, y + e, z - e);
    const d = distance(x + e, y + e, z + e);
    this.#turn(a - b - c + d, -a - b + c + d, -a + b - c + d);
  }

  /**
   * Computes the light along a ray that went `t` far and hit `hit` (unless `t` is beyond everything) into `r`, `g`, and
   * `b`. The normal must be known. The lighting record begins at `at` in `known`.
   */
  look(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, t: number, bounces: number, known: Float32Array, at: number): void {
    const { scene } = this;
    this.r = 0;
    this.g = 0;
    this.b = 0;
    let left = 0;
    if (t <= scene.far) {
      this.#shade(ox + dx * t, oy + dy * t, oz + dz * t, dx, dy, dz, bounces, known, at);
      left = Math.exp(this.#thin * t);
    }
    const end = Math.min(t, scene.far);
    this.r = this.r * left + scene.air[0] * (1 - left);
    this.g = this.g * left + scene.air[1] * (1 - left);
    this.b = this.b * left + scene.air[2] * (1 - left);
    for (let one = 0; one < scene.lamps.length; one += 1) {
      const lamp = scene.lamps[one] as Lamp;
      if (!lamp.haze) continue;
      // The light that a thin, uniform haze scatters on the way, in closed form.
      const qx = ox - lamp.at[0];
      const qy = oy - lamp.at[1];
      const qz = oz - lamp.at[2];
      const b = dx * qx + dy * qy + dz * qz;
      const s = Math.sqrt(Math.max(4e-4, qx * qx + qy * qy + qz * qz - b * b));
      const sweep = ((Math.atan((end + b) / s) - Math.atan(b / s)) / s) * lamp.haze;
      this.r += lamp.light[0] * sweep;
      this.g += lamp.light[1] * sweep;
      this.b += lamp.light[2] * sweep;
    }
  }

  #shade(x: number, y: number, z: number, dx: number, dy: number, dz: number, bounces: number, known: Float32Array, at: number): void {
    const { scene } = this;
    const matter = (this.#solids[this.hit] as Solid).matter;
    let open = known[at] as number;
    if (open !== open) {
      open = this.#open(x, y, z);
      known[at] = open;
    }
    // A translucent material does not shade itself at its edge.
    const soft = matter.soft ?? 0;
    const off = 0.005 + soft * 0.03;
    const sx = x + this.nx * off;
    const sy = y + this.ny * off;
    const sz = z + this.nz * off;
    if (matter.relief) {
      const e = matter.grain ?? 0.004;
      const h = matter.relief(x, y, z);
      const gx = (matter.relief(x + e, y, z) - h) / e;
      const gy = (matter.relief(x, y + e, z) - h) / e;
      const gz = (matter.relief(x, y, z + e) - h) / e;
      const along = gx * this.nx + gy * this.ny + gz * this.nz;
      this.#turn(this.nx * (1 + along) - gx, this.ny * (1 + along) - gy, this.nz * (1 + along) - gz);
    }
    const { nx, ny, nz } = this;
    const color = typeof matter.color === "function" ? matter.color(x, y, z) : matter.color;
    const tilt = 0.5 + 0.5 * ny;
    const glow = typeof matter.glow === "function" ? matter.glow(x, y, z) : matter.glow;
    let r = color[0] * (scene.below[0] * (1 - tilt) + scene.above[0] * tilt) * open + (glow ? glow[0] : 0);
    let g = color[1] * (scene.below[1] * (1 - tilt) + scene.above[1] * tilt) * open + (glow ? glow[1] : 0);
    let b = color[2] * (scene.below[2] * (1 - tilt) + scene.above[2] * tilt) * open + (glow ? glow[2] : 0);
    for (let one = 0; one < scene.lamps.length; one += 1) {
      const lamp = scene.lamps[one] as Lamp;
      let lx = lamp.at[0] - x;
      let ly = lamp.at[1] - y;
      let lz = lamp.at[2] - z;
      const far = Math.sqrt(lx * lx + ly * ly + lz * lz);
      lx /= far;
      ly /= far;
      lz /= far;
      const facing = nx * lx + ny * ly + nz * lz;
      const reached = (facing + soft) / (1 + soft);
      if (reached <= 0) continue;
      const diffuse = soft ? reached ** (1 + soft * 0.6) : reached;
      let strength = 1 / (far * far + lamp.size * lamp.size);
      if (lamp.cone) {
        const aim = this.#aims[one] as Triple;
        const part = Math.max(0, Math.min(1, (-(lx * aim[0] + ly * aim[1] + lz * aim[2]) - lamp.cone[1]) / (lamp.cone[0] - lamp.cone[1])));
        strength *= part * part * (3 - 2 * part);
      }
      if (strength * diffuse * (lamp.light[0] + lamp.light[1] + lamp.light[2]) < 0.002) continue;
      if (lamp.shadows !== false) {
        let lit = known[at + 1 + one] as number;
        if (lit !== lit) {
          lit = this.#lit(sx, sy, sz, lx, ly, lz, far, lamp.size);
          known[at + 1 + one] = lit;
        }
        strength *= lit;
      }
      let gleam = 0;
      if (matter.shine && facing > 0) {
        const hx = lx - dx;
        const hy = ly - dy;
        const hz = lz - dz;
        const gloss = matter.gloss ?? 30;
        const sharp = Math.max(0, nx * hx + ny * hy + nz * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz);
        // Far from the middle of a highlight nothing is left of it, and computing a power is costly.
        if ((1 - sharp) * gloss < 9) gleam = matter.shine * sharp ** gloss * (gloss + 8) * 0.05 * Math.min(1, facing * 4);
      }
      r += lamp.light[0] * strength * (color[0] * diffuse + gleam);
      g += lamp.light[1] * strength * (color[1] * diffuse + gleam);
      b += lamp.light[2] * strength * (color[2] * diffuse + gleam);
    }
    if (matter.mirror && bounces > 0) {
      const into = dx * nx + dy * ny + dz * nz;
      const share = matter.mirror + (1 - matter.mirror) * Math.max(0, 1 + into) ** 5 * 0.5;
      const mirrored = at + this.mirrored;
      if (share > 0.01) {
        if (Number.isNaN(known[mirrored])) {
          this.#reflect(x, y, z, dx - 2 * into * nx, dy - 2 * into * ny, dz - 2 * into * nz, bounces);
          known[mirrored] = this.r;
          known[mirrored + 1] = this.g;
          known[mirrored + 2] = this.b;
        }
        r = r * (1 - share) + (known[mirrored] as number) * share;
        g = g * (1 - share) + (known[mirrored + 1] as number) * share;
        b = b * (1 - share) + (known[mirrored + 2] as number) * share;
      }
    }
    this.r = r;
    this.g = g;
    this.b = b;
  }

  /** Computes the light that is reflected to a point along a ray. */
  #reflect(x: number, y: number, z: number, dx: number, dy: number, dz: number, bounces: number): void {
    const ox = x + this.nx * BOUNCE;
    const oy = y + this.ny * BOUNCE;
    const oz = z + this.nz * BOUNCE;
    this.pick(this.formed, x, y, z, dx, dy, dz, this.scene.far, 0.02);
    const t = this.march(ox, oy, oz, dx, dy, dz, BOUNCE);
    if (t <= this.scene.far) this.normal(ox + dx * t, oy + dy * t, oz + dz * t, t);
    this.#again.fill(Number.NaN);
    this.look(ox, oy, oz, dx, dy, dz, t, bounces - 1, this.#again, 0);
  }
}
