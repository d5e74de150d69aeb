// Rays: how far one goes in a scene of solids, what it meets, and the light that comes back along it.

import type { Lamp, Scene, Solid } from "./render";

export type Triple = [number, number, number];

export const unit = (x: number, y: number, z: number): Triple => {
  const length = Math.sqrt(x * x + y * y + z * z) || 1e-9;
  return [x / length, y / length, z / length];
};

/** How far behind a mirror its ray begins. */
const BOUNCE = 0.008;

/** How far from the sphere around a solid its form no longer matters. */
const AFAR = 0.3;

export class Tracer {
  /** Which solid was nearest at the last measurement. */
  hit: Solid;
  /** Which one the last ray from the eye met; -1 if none. */
  first = -1;
  /** The light that the last look found. */
  r = 0;
  g = 0;
  b = 0;
  /** The last normal. */
  #x = 0;
  #y = 0;
  #z = 0;
  readonly #casters: readonly Solid[];
  /** The few that matter just now, and how many they are. */
  readonly #few: Solid[] = [];
  #count = 0;
  readonly #aims: readonly Triple[];

  constructor(readonly scene: Scene) {
    this.hit = scene.solids[0] as Solid;
    this.#casters = scene.solids.filter((solid) => solid.casts !== false);
    this.#aims = scene.lamps.map(({ at, toward }) => (toward ? unit(toward[0] - at[0], toward[1] - at[1], toward[2] - at[2]) : [0, 0, 0]));
  }

  /** Keeps those that a ray may come near, if it spreads by `spread` on each unit of its way. */
  pick(solids: readonly Solid[], ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, far: number, spread: number): void {
    this.#count = 0;
    for (let at = 0; at < solids.length; at += 1) {
      const solid = solids[at] as Solid;
      const around = solid.around;
      if (around) {
        const x = around[0] - ox;
        const y = around[1] - oy;
        const z = around[2] - oz;
        const along = Math.max(0, Math.min(far, x * dx + y * dy + z * dz));
        const apart = around[3] + spread * along + 0.01;
        const mx = x - dx * along;
        const my = y - dy * along;
        const mz = z - dz * along;
        if (mx * mx + my * my + mz * mz > apart * apart) continue;
      }
      this.#few[this.#count] = solid;
      this.#count += 1;
    }
  }

  pickAll(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, spread: number): void {
    this.pick(this.scene.solids, ox, oy, oz, dx, dy, dz, this.scene.far, spread);
  }

  /** How far it is to the nearest of the few. */
  near(x: number, y: number, z: number): number {
    let best = 1e9;
    for (let at = 0; at < this.#count; at += 1) {
      const solid = this.#few[at] as Solid;
      const around = solid.around;
      if (around) {
        const dx = x - around[0];
        const dy = y - around[1];
        const dz = z - around[2];
        const room = dx * dx + dy * dy + dz * dz;
        const reach = best + around[3];
        if (reach < 0 || room > reach * reach) continue;
        // From afar the sphere will do: no lamp is so large that it would be noticed.
        const apart = around[3] + AFAR;
        if (room > apart * apart) {
          best = Math.sqrt(room) - around[3];
          continue;
        }
      }
      const far = solid.distance(x, y, z);
      if (far < best) {
        best = far;
        this.hit = solid;
      }
    }
    return best;
  }

  /** How far a ray goes; beyond `far` it meets nothing. */
  #march(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, from: number): number {
    const far = this.scene.far;
    let t = from;
    for (let step = 0; step < 160 && t < far; step += 1) {
      const near = this.near(ox + dx * t, oy + dy * t, oz + dz * t);
      if (near < 0.0005 * t) return t;
      t += near * 0.95;
    }
    return t < far ? t : far + 1;
  }

  /** How much of a lamp is seen from a point: its edge is as soft as the lamp is large. */
  #lit(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, far: number, size: number): number {
    const spread = Math.max(0.01, size / far);
    this.pick(this.#casters, ox, oy, oz, dx, dy, dz, far, spread);
    if (this.#count === 0) return 1;
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

  /** How open a point lies along its normal: 1 is under the sky, 0 in a fold. */
  #open(x: number, y: number, z: number): number {
    this.pick(this.scene.solids, x, y, z, this.#x, this.#y, this.#z, 0.3, 1);
    let closed = 0;
    let weight = 1;
    for (let far = 0.02; far < 0.4; far *= 2.3) {
      closed += Math.max(0, far - this.near(x + this.#x * far, y + this.#y * far, z + this.#z * far)) * weight;
      weight *= 0.7;
    }
    return Math.max(0.02, 1 - 2.2 * closed);
  }

  #turn(x: number, y: number, z: number): void {
    const length = Math.sqrt(x * x + y * y + z * z) || 1e-9;
    this.#x = x / length;
    this.#y = y / length;
    this.#z = z / length;
  }

  #normal(x: number, y: number, z: number, t: number): void {
    const e = 0.0006 * (1 + t * 0.4);
    const { distance } = this.hit;
    const a = distance(x + e, y - e, z - e);
    const b = distance(x - e, y - e, z + e);
    const c = distance(x - e, y + e, z - e);
    const d = distance(x + e, y + e, z + e);
    this.#turn(a - b - c + d, -a - b + c + d, -a + b - c + d);
  }

  /** Finds the light that comes along a ray, into `r`, `g` and `b`. */
  look(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, from: number, bounces: number): void {
    const { scene } = this;
    const t = this.#march(ox, oy, oz, dx, dy, dz, from);
    this.r = 0;
    this.g = 0;
    this.b = 0;
    let left = 0;
    if (t <= scene.far) {
      this.near(ox + dx * t, oy + dy * t, oz + dz * t);
      if (from !== BOUNCE) this.first = this.scene.solids.indexOf(this.hit);
      this.#shade(ox + dx * t, oy + dy * t, oz + dz * t, dx, dy, dz, t, bounces);
      left = scene.clear ** t;
    }
    const end = Math.min(t, scene.far);
    this.r = this.r * left + scene.air[0] * (1 - left);
    this.g = this.g * left + scene.air[1] * (1 - left);
    this.b = this.b * left + scene.air[2] * (1 - left);
    for (const lamp of scene.lamps) {
      if (!lamp.haze) continue;
      // The light that a thin and even air scatters on the way, in closed form.
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

  #shade(x: number, y: number, z: number, dx: number, dy: number, dz: number, t: number, bounces: number): void {
    const { scene } = this;
    const matter = this.hit.matter;
    this.#normal(x, y, z, t);
    const open = this.#open(x, y, z);
    // What light enters does not shade itself at its edge.
    const soft = matter.soft ?? 0;
    const off = 0.005 + soft * 0.03;
    const sx = x + this.#x * off;
    const sy = y + this.#y * off;
    const sz = z + this.#z * off;
    if (matter.relief) {
      const e = matter.grain ?? 0.004;
      const h = matter.relief(x, y, z);
      const gx = (matter.relief(x + e, y, z) - h) / e;
      const gy = (matter.relief(x, y + e, z) - h) / e;
      const gz = (matter.relief(x, y, z + e) - h) / e;
      const along = gx * this.#x + gy * this.#y + gz * this.#z;
      this.#turn(this.#x * (1 + along) - gx, this.#y * (1 + along) - gy, this.#z * (1 + along) - gz);
    }
    const nx = this.#x;
    const ny = this.#y;
    const nz = this.#z;
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
      if (lamp.shadows !== false) strength *= this.#lit(sx, sy, sz, lx, ly, lz, far, lamp.size);
      let gleam = 0;
      if (matter.shine && facing > 0) {
        const hx = lx - dx;
        const hy = ly - dy;
        const hz = lz - dz;
        const gloss = matter.gloss ?? 30;
        const sharp = Math.max(0, nx * hx + ny * hy + nz * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz);
        gleam = matter.shine * sharp ** gloss * (gloss + 8) * 0.05 * Math.min(1, facing * 4);
      }
      r += lamp.light[0] * strength * (color[0] * diffuse + gleam);
      g += lamp.light[1] * strength * (color[1] * diffuse + gleam);
      b += lamp.light[2] * strength * (color[2] * diffuse + gleam);
    }
    if (matter.mirror && bounces > 0) {
      const into = dx * nx + dy * ny + dz * nz;
      const share = matter.mirror + (1 - matter.mirror) * Math.max(0, 1 + into) ** 5 * 0.5;
      if (share > 0.01) {
        const [vx, vy, vz] = [dx - 2 * into * nx, dy - 2 * into * ny, dz - 2 * into * nz];
        this.pickAll(x, y, z, vx, vy, vz, 0.02);
        this.look(x + nx * 0.008, y + ny * 0.008, z + nz * 0.008, vx, vy, vz, BOUNCE, bounces - 1);
        r = r * (1 - share) + this.r * share;
        g = g * (1 - share) + this.g * share;
        b = b * (1 - share) + this.b * share;
      }
    }
    this.r = r;
    this.g = g;
    this.b = b;
  }
}
