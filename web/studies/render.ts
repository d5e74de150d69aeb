// A small renderer for scenes of solids: each is told by its distance (a signed distance function), rays are marched
// to the nearest one, and light falls on it with soft shadows. Plain arithmetic, so that every machine draws the same.

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

type Triple = [number, number, number];

const unit = (x: number, y: number, z: number): Triple => {
  const length = Math.sqrt(x * x + y * y + z * z) || 1e-9;
  return [x / length, y / length, z / length];
};

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

/** How far behind a mirror its ray begins. */
const BOUNCE = 0.008;

/** How far from the sphere around a solid its form no longer matters. */
const AFAR = 0.3;

class Tracer {
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
