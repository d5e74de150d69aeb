// The materials and furnishings that several scenes share.

import type { Distance, Matter, Solid, Vec } from "./model";
import { tint } from "./render";
import { bar, box, boxed, cloudy, cut, drum, ease, leaned, mix, noise, norm2, placed, ring, solid, stood, turned } from "./solids";

/** The relief of woven cloth. Without it, linen looks like plastic. */
const weave = (x: number, y: number, z: number) => 0.0004 * noise(x * 150, y * 150, z * 150) + 0.002 * cloudy(x * 12, y * 12, z * 12, 2);
const pile = (x: number, y: number, z: number) => 0.0012 * noise(x * 190, y * 190, z * 190) + 0.0009 * noise(x * 60, y * 60, z * 60);

export const linen = (hex = "#e9e2d4"): Matter => ({ color: tint(hex, 0.82), soft: 0.25, relief: weave, grain: 0.002 });
export const terry = (hex = "#efe8da"): Matter => ({ color: tint(hex, 0.82), soft: 0.3, relief: pile, grain: 0.003 });
export const wax: Matter = { color: tint("#f3dcb4"), soft: 0.7, glow: tint("#ffb060", 0.05) };
export const plaster = (hex: string): Matter => ({
  color: (x, y, z) => mix(tint(hex, 0.8), tint(hex, 1.25), 0.5 + cloudy(x * 1.7, y * 1.7, z * 1.7)),
  relief: (x, y, z) => 0.012 * cloudy(x * 3, y * 3, z * 3, 3),
  grain: 0.02,
});
export const basalt: Matter = {
  color: (x, y, z) => mix(tint("#1c1c1e"), tint("#3d3b39"), 0.5 + cloudy(x * 26, y * 26, z * 26)),
  shine: 0.16,
  gloss: 26,
  relief: (x, y, z) => 0.0016 * cloudy(x * 60, y * 60, z * 60, 2),
  grain: 0.003,
};
export const brass: Matter = { color: tint("#a8792c", 0.6), shine: 0.9, gloss: 46, mirror: 0.16 };
export const clay = (hex: string): Matter => ({ color: tint(hex), shine: 0.12, gloss: 18, relief: (x, y, z) => 0.0012 * cloudy(x * 40, y * 40, z * 40, 2), grain: 0.004 });
export const glaze = (hex: string): Matter => ({ color: tint(hex), shine: 0.5, gloss: 60, mirror: 0.04 });
export const leather = (hex: string): Matter => ({ color: tint(hex), shine: 0.1, gloss: 14, soft: 0.1, relief: (x, y, z) => 0.0008 * cloudy(x * 70, y * 70, z * 70, 2), grain: 0.003 });
export const steel: Matter = { color: tint("#8f9499", 0.35), shine: 0.8, gloss: 50, mirror: 0.3 };

/** Returns wood whose grain runs along one axis: 0 is x, 1 is y, and 2 is z. */
export function wood(dark: string, light: string, along: 0 | 1 | 2 = 0, shine = 0.08): Matter {
  const [low, high] = [tint(dark), tint(light)];
  return {
    color: (x, y, z) => {
      const p: [number, number, number] = [x * 14, y * 14, z * 14];
      p[along] *= 0.07;
      const rings = Math.sin((p[(along + 1) % 3] as number) * 2.4 + 5 * cloudy(p[0] * 0.35, p[1] * 0.35, p[2] * 0.35, 3));
      return mix(low, high, 0.5 + 0.28 * rings + 0.5 * cloudy(p[0] * 3, p[1] * 3, p[2] * 3, 2));
    },
    shine,
    gloss: 18,
  };
}

/** Returns still water: it mirrors, and its ripples are small. */
export const water = (hex: string, ripple = 1): Matter => ({
  color: tint(hex),
  shine: 0.6,
  gloss: 180,
  mirror: 0.08,
  relief: (x, y, z) => ripple * (0.004 * noise(x * 7, y, z * 9) + 0.0022 * noise(x * 17 + 3, y, z * 21)),
  grain: 0.01,
});

/** Returns the wax of a candle, hollow around the wick. */
export function candle(at: Vec, r: number, high: number): Solid {
  const cup = (x: number, y: number, z: number) =>
    cut(drum(x, y - high / 2, z, r, high / 2, r * 0.16), drum(x, y - high, z, r * 0.72, r * 0.3, r * 0.25), r * 0.16);
  return stood(wax, cup, at, high + r, 0, false);
}

/** Returns a stone rounded by water. */
export function pebble(at: Vec, rx: number, ry: number, rz: number, turn = 0, matter = basalt): Solid {
  const k = 2.4;
  const form = (x: number, y: number, z: number) => {
    const q = (Math.abs(x / rx) ** k + Math.abs(y / ry) ** k + Math.abs(z / rz) ** k) ** (1 / k);
    return (q - 1) * ry * 0.72;
  };
  return stood(matter, form, [at[0], at[1] + ry, at[2]], Math.max(rx, rz) * 1.1, turn);
}

/** Returns a rolled towel that lies along its own x axis. The roll is visible at its ends. */
export function roll(at: Vec, r: number, half: number, turn: number, matter = terry()): Solid {
  const form = (x: number, y: number, z: number) => {
    const far = norm2(y, z);
    const angle = Math.atan2(y, z);
    const layer = r * 0.2;
    // A spiral groove in the ends, and a seam along the side.
    const coil = Math.abs(((far / layer + angle / (2 * Math.PI)) % 1) - 0.5) * 2;
    const end = half - 0.1 * r * ease(0.55, 1, coil) * (far > layer * 0.4 ? 1 : 0);
    const qr = far - r + 0.035 * r * ease(0.2, 0, Math.abs(angle - 0.9));
    const qx = Math.abs(x) - end;
    const round = r * 0.12;
    return (Math.min(Math.max(qr + round, qx + round), 0) + norm2(Math.max(qr + round, 0), Math.max(qx + round, 0)) - round) * 0.8;
  };
  return stood(matter, form, [at[0], at[1] + r, at[2]], half + r, turn);
}

/** Returns a folded towel. Its layers bulge a little at the fold. */
export function folded(at: Vec, hx: number, high: number, hz: number, turn: number, matter = terry(), layers = 3): Solid {
  const each = high / layers;
  const form = (x: number, y: number, z: number) => {
    let best = 1e9;
    for (let one = 0; one < layers; one += 1) {
      const shift = 0.012 * hx * Math.sin(one * 2.3);
      const sag = 0.04 * each * Math.cos((x / hx) * 2 + one);
      best = Math.min(best, box(x - shift, y - each * (one + 0.5) + sag, z - shift, hx, each * 0.52, hz, each * 0.42));
    }
    return best * 0.9;
  };
  return stood(matter, form, at, hx + hz + high, turn);
}

/** Returns a bowl, and its content up to `level` of its height. */
export function bowl(at: Vec, r: number, high: number, matter: Matter, filled?: Matter, level = 0.7): Solid[] {
  const profile = [[0, 0.06], [0.42, 0.06], [0.72, 0.3], [0.92, 0.66], [1, 1]].map(([pr, py]) => [(pr as number) * r, (py as number) * high] as const);
  const thick = r * 0.045;
  const made = [stood(matter, (x, y, z) => turned(x, y, z, profile, thick), at, r + high)];
  if (filled) {
    const wide = r * (level < 0.66 ? 0.72 + (0.2 * (level - 0.3)) / 0.36 : 0.92 + (0.08 * (level - 0.66)) / 0.34) - thick;
    made.push(stood(filled, (x, y, z) => drum(x, y - high * level + 0.006, z, wide, 0.006, 0.004), at, r + high));
  }
  return made;
}

/** Returns a bottle with a stopper or a neck. */
export function bottle(at: Vec, r: number, high: number, matter: Matter, cap?: Matter): Solid[] {
  const body = (x: number, y: number, z: number) => {
    const trunk = drum(x, y - high * 0.36, z, r, high * 0.36, r * 0.3);
    const neck = drum(x, y - high * 0.78, z, r * 0.32, high * 0.12, r * 0.05);
    const k = r * 0.5;
    const part = Math.max(k - Math.abs(trunk - neck), 0) / k;
    return Math.min(trunk, neck) - part * part * k * 0.25;
  };
  const made = [stood(matter, body, at, high)];
  if (cap) made.push(stood(cap, (x, y, z) => drum(x, y - high * 0.95, z, r * 0.38, high * 0.1, r * 0.06), at, high * 1.1));
  return made;
}

/** Returns a low, round stool or table of wood. */
export function stool(at: Vec, r: number, high: number, matter: Matter): Solid[] {
  const legs = (x: number, y: number, z: number) => {
    const turn = Math.PI / 4;
    const [a, b] = [Math.abs(x * Math.cos(turn) + z * Math.sin(turn)), Math.abs(z * Math.cos(turn) - x * Math.sin(turn))];
    return Math.min(bar(a, y, b, r * 0.95, 0, 0, r * 0.66, high - 0.03, 0, 0.016, 0.022), bar(a, y, b, 0, 0, r * 0.95, 0, high - 0.03, r * 0.66, 0.016, 0.022));
  };
  return [
    stood(matter, (x, y, z) => drum(x, y - high + 0.02, z, r, 0.02, 0.012), at, high + r),
    stood(matter, legs, at, high + r),
  ];
}

/** Returns a shallow tray. */
export function tray(at: Vec, hx: number, hz: number, matter: Matter, turn = 0): Solid {
  const form = (x: number, y: number, z: number) => cut(box(x, y - 0.014, z, hx, 0.014, hz, 0.01), box(x, y - 0.03, z, hx - 0.014, 0.022, hz - 0.014, 0.008), 0.004);
  return stood(matter, form, at, hx + hz, turn);
}

/** Returns boards side by side on a wall, with a gap between them. */
export function boards(matter: Matter, z: number, wide: number, gap: number): Solid {
  return solid(matter, (x, _y, pz) => {
    const apart = z - pz;
    if (apart > 0.08) return apart;
    const qx = wide / 2 - gap / 2 - Math.abs(x - Math.round(x / wide) * wide);
    // In a board its face, in a gap its edge.
    return qx > 0 ? apart + 0.006 * ease(0.02, 0, qx) : Math.max(apart, Math.min(apart + 0.03, norm2(qx, Math.min(0, apart)))) * 0.8;
  }, undefined, false);
}

/** Returns a massage table along its own x axis, with the head at +x. */
export function couch(at: Vec, turn: number, pad: Matter, cloth: Matter, frame: Matter): Solid[] {
  const [long, half, top] = [0.92, 0.34, 0.7];
  const cradle = (x: number, y: number, z: number) => {
    const tilt = leaned((px, py, pz) => {
      const around = ring(px, py * 0.86, pz * 0.92, 0.118, 0.052);
      // The face cradle is open towards the far end of the table, where the neck rests.
      return Math.max(around, -(box(px + 0.16, py, pz, 0.1, 0.1, 0.042, 0.03)));
    }, 0.16);
    return tilt(x - long - 0.22, y - top + 0.005, z);
  };
  const sheet = (x: number, y: number, z: number) => {
    // A sheet over the lower two thirds, turned back once. It hangs down a little in wide folds.
    const fall = 0.15 + 0.02 * Math.sin(x * 9 + 1) + 0.012 * Math.sin(x * 23);
    const out = 0.014 * (1 + Math.sin(x * 21 + Math.sign(z) * 2)) * ease(0.02, -0.16, y - top);
    const qx = Math.abs(x + 0.17) - 0.78;
    const over = box(0, y - top + fall / 2 - 0.012, z, 1, fall / 2, half + 0.016 + out, 0.03);
    return Math.max(over, qx) * 0.75;
  };
  const turnback = (x: number, y: number, z: number) => box(x - 0.5, y - top - 0.006, z, 0.12, 0.022, half + 0.022, 0.02);
  const legs = (x: number, y: number, z: number) => {
    const [ax, az] = [Math.abs(x), Math.abs(z)];
    const post = bar(ax, y, az, 0.78, 0, 0.27, 0.66, top - 0.14, 0.25, 0.026);
    const foot = bar(ax, y, az, 0.7, 0.3, 0, 0.7, 0.3, 0.26, 0.016);
    const beam = box(x, y - top + 0.15, az - 0.27, 0.84, 0.036, 0.014, 0.006);
    return Math.min(post, foot, beam);
  };
  const part = (matter: Matter, form: Distance, middle: Vec, reach: number): Solid => {
    const [x, y, z] = beside(at, turn, middle[0], middle[1], middle[2]);
    return { matter, distance: placed(form, at[0], at[1], at[2], turn), around: [x, y, z, reach] };
  };
  return [
    part(pad, (x, y, z) => box(x, y - top + 0.055, z, long, 0.055, half, 0.045), [0, top, 0], 0.99),
    part(cloth, boxed(sheet, [-0.17, top - 0.08, 0], [0.79, 0.12, 0.4]), [-0.17, top - 0.08, 0], 0.9),
    part(cloth, turnback, [0.5, top, 0], 0.4),
    part(cloth, cradle, [long + 0.2, top, 0], 0.22),
    part(frame, (x, y, z) => bar(x, y, z, long - 0.1, top - 0.1, 0, long + 0.16, top - 0.05, 0, 0.013), [long, top, 0], 0.25),
    part(frame, boxed(legs, [0, 0.32, 0], [0.86, 0.34, 0.32]), [0, 0.32, 0], 0.95),
  ];
}

/** Returns where a point beside an object is once the object is turned. */
export function beside(at: Vec, turn: number, x: number, y: number, z: number): Vec {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return [at[0] + x * cos - z * sin, at[1] + y, at[2] + x * sin + z * cos];
}

/** Returns a robe on its hook. `at` is the position of its hem, below the hook. */
export function robe(at: Vec, turn: number, cloth: Matter, belt: Matter): Solid[] {
  const body = (x: number, y: number, z: number) => {
    const part = ease(1.3, 0, y);
    const half = 0.05 + 0.15 * ease(1.36, 1.1, y) + 0.07 * part;
    const waist = 0.03 * ease(0.16, 0, Math.abs(y - 0.72));
    const fold = 0.02 * Math.sin(x * 46 + 1.4 * Math.sin(y * 3)) * ease(1.1, 0.3, y) + 0.008 * Math.sin(x * 90 + y * 4);
    return box(x, y - 0.66, z - fold, half - waist, 0.66, 0.055 + 0.02 * part, 0.05) * 0.6;
  };
  const arms = (x: number, y: number, z: number) => {
    const ax = Math.abs(x);
    const arm = bar(ax, y, z, 0.17, 1.17, 0, 0.27, 0.56, 0.01, 0.06, 0.07) + 0.004 * Math.sin(y * 26 + x * 20) + 0.004 * Math.sin(ax * 60);
    const cuff = bar(ax, y, z, 0.257, 0.64, 0.01, 0.27, 0.56, 0.01, 0.074, 0.078);
    return Math.min(arm, cuff) * 0.85;
  };
  const collar = (x: number, y: number, z: number) =>
    Math.min(
      bar(x, y, z, -0.07, 1.3, -0.05, 0.05, 0.74, -0.09, 0.03, 0.036),
      bar(x, y, z, 0.07, 1.3, -0.05, -0.02, 0.86, -0.085, 0.03, 0.034),
      bar(x, y, z, -0.07, 1.3, -0.04, 0.07, 1.3, -0.04, 0.03),
    );
  const sash = (x: number, y: number, z: number) =>
    Math.min(
      box(x, y - 0.72 + 0.008 * Math.sin(x * 14), z, 0.2, 0.024, 0.088, 0.018),
      bar(x, y, z, 0.02, 0.72, -0.1, 0.07, 0.3, -0.1, 0.016, 0.02),
      bar(x, y, z, 0.03, 0.72, -0.1, -0.02, 0.36, -0.1, 0.016, 0.02),
    ) * 0.8;
  const hook = (x: number, y: number, z: number) => bar(x, y, z, 0, 1.36, 0.12, 0, 1.38, -0.04, 0.014);
  const middle: Vec = [at[0], at[1] + 0.68, at[2]];
  const part = (matter: Matter, form: Distance): Solid => ({ matter, distance: placed(form, at[0], at[1], at[2], turn), around: [...middle, 0.8] });
  return [
    part(cloth, boxed(body, [0, 0.66, 0], [0.29, 0.68, 0.1])),
    part(cloth, boxed(arms, [0, 0.86, 0], [0.4, 0.42, 0.1])),
    part(cloth, boxed(collar, [0, 1.02, -0.06], [0.12, 0.34, 0.08])),
    part(belt, boxed(sash, [0.02, 0.52, 0], [0.23, 0.26, 0.13])),
    part(brass, boxed(hook, [0, 1.37, 0.04], [0.02, 0.03, 0.1])),
  ];
}

/** Returns a wine glass in low light, reduced to its rim, its stem, and a gleam, because the renderer has no glass. */
export function flute(at: Vec, high: number, drink: Matter, edge: Matter): Solid[] {
  const shape = [[0.0, 0.42], [0.1, 0.46], [0.15, 0.66], [0.13, 1]].map(([r, y]) => [(r as number) * high, (y as number) * high] as const);
  return [
    stood(drink, (x, y, z) => drum(x, y - high * 0.64, z, high * 0.125, high * 0.18, high * 0.05), at, high),
    stood(edge, (x, y, z) => Math.min(turned(x, y, z, shape, high * 0.008), bar(x, y, z, 0, 0, 0, 0, high * 0.44, 0, high * 0.014), drum(x, y - 0.004, z, high * 0.17, 0.004, 0.003)), at, high * 1.2),
  ];
}
