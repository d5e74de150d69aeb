// Light studies of laser treatments.

import type { Study } from "./brush";
import { steel } from "./props";
import type { Matter, Scene, Solid, Vec } from "./model";
import { tint } from "./render";
import { paintScene } from "./scene";
import { bar, box, cloudy, cut, ellipsoid, floor, join, norm2, norm3, rod, solid, stood, wall } from "./solids";

/** Returns skin in a dim room. */
export const skin = (hex: string): Matter => ({
  color: tint(hex),
  soft: 0.4,
  shine: 0.1,
  gloss: 14,
  relief: (x, y, z) => 0.0003 * cloudy(x * 90, y * 90, z * 90, 2),
  grain: 0.002,
});

/** Returns a handpiece whose mouth is at `tip` and whose body extends along `out`. A cable hangs from its end. */
function handpiece(tip: Vec, out: Vec): Solid[] {
  const size = norm3(out[0], out[1], out[2]);
  const on = (far: number, lift = 0): Vec => [tip[0] + (out[0] / size) * far, tip[1] + (out[1] / size) * far + lift, tip[2] + (out[2] / size) * far];
  const around = (far: number, r: number): Solid["around"] => [...on(far), r];
  const white = { color: tint("#eef2f4"), shine: 0.4, gloss: 50, mirror: 0.02, soft: 0.2 };
  const dark: Matter = { color: tint("#101418"), shine: 0.5, gloss: 40 };
  const body = (x: number, y: number, z: number) =>
    join(rod(x, y, z, on(0.1), on(0.2), 0.036, 0.05), rod(x, y, z, on(0.2), on(0.56), 0.05, 0.042), 0.05);
  // A disc across the body: a seam, and the ring of light at the mouth.
  const hoop = (far: number, r: number, thick: number) => {
    const [cx, cy, cz] = on(far);
    return (x: number, y: number, z: number) => {
      const [px, py, pz] = [x - cx, y - cy, z - cz];
      const along = (px * out[0] + py * out[1] + pz * out[2]) / size;
      return norm2(Math.sqrt(Math.max(0, px * px + py * py + pz * pz - along * along)) - r, along) - thick;
    };
  };
  return [
    solid(white, body, around(0.32, 0.32)),
    solid(steel, (x, y, z) => rod(x, y, z, on(0.035), on(0.1), 0.026, 0.034), around(0.07, 0.08)),
    solid(dark, hoop(0.22, 0.049, 0.005), around(0.22, 0.07)),
    solid(dark, (x, y, z) => rod(x, y, z, on(0.56), on(0.62), 0.038, 0.02), around(0.58, 0.09)),
    solid({ color: tint("#ffffff"), glow: tint("#7fe0ff", 6) }, hoop(0.03, 0.03, 0.007), around(0.03, 0.05), false),
    solid({ color: tint("#ffffff"), glow: tint("#7fe0ff", 2.4) }, hoop(0.47, 0.046, 0.004), around(0.47, 0.07), false),
    solid(dark, (x, y, z) => join(rod(x, y, z, on(0.6), on(0.78, 0.05), 0.013), rod(x, y, z, on(0.78, 0.05), on(1.5, 0.5), 0.013), 0.06), around(1.0, 0.7)),
  ];
}

/** Part of a body, so near that it fills the view like a landscape: a broad rise, and a broader one behind it. */
const body = (x: number, y: number, z: number) =>
  join(ellipsoid(x + 0.1, y + 0.62, z - 0.1, 1.5, 0.66, 0.62), ellipsoid(x + 1.25, y + 0.42, z - 0.3, 0.62, 0.62, 0.6), 0.5);

export const laser: Study = {
  name: "laser",
  alt: "A white laser handpiece just above the skin in a cool, dim room. Its ring of light makes a bright circle on the skin.",
  paint(b) {
    const tip: Vec = [-0.1, 0.1, -0.28];
    const out: Vec = [0.62, 0.6, 0.1];
    const scene: Scene = {
      eye: [0, 0.42, -1.5],
      target: [0.06, 0.12, 0],
      view: 0.62,
      solids: [solid(skin("#b98365"), body), ...handpiece(tip, out)],
      lamps: [
        { at: [tip[0], tip[1], tip[2]], light: tint("#8fe4ff", 0.012), size: 0.03, haze: 0.02, shadows: false },
        { at: [-1.7, 0.7, 1.5], light: tint("#8fc8f0", 2.6), size: 0.3 },
        { at: [1.9, 0.9, 1.2], light: tint("#ffb47c", 2.2), size: 0.3 },
        { at: [0.1, 1.6, -1.6], light: tint("#dff0ff", 2.2), size: 0.4 },
      ],
      above: tint("#5a7a90", 0.12),
      below: tint("#20303c", 0.1),
      air: tint("#0a151d", 1),
      clear: 0.93,
      far: 8,
      exposure: 1.2,
    };
    const spot = paintScene(b, scene);
    const at = spot(tip[0], tip[1], tip[2]);
    // The circle that the ring lights, and in it the fine red grid of the treated field.
    const lit = spot(tip[0] - 0.012, tip[1] - 0.062, tip[2] - 0.02);
    const r = lit.size * 0.085;
    b.blend("lighter", 1, () => {
      b.blur(r * 0.3, "rgb(120 220 255 / 0.5)", (c) => {
        c.ellipse(lit.x, lit.y, r, r * 0.5, -0.06, 0, 7);
        c.ellipse(lit.x, lit.y, r * 0.78, r * 0.39, -0.06, 0, 7, true);
      });
      for (let row = -3; row <= 3; row += 1) {
        for (let one = -3; one <= 3; one += 1) {
          if (row * row + one * one > 10) continue;
          b.glow(lit.x + one * r * 0.19 + row * r * 0.02, lit.y + row * r * 0.095, r * 0.07, r * 0.05, "255 60 60", 0.9);
        }
      }
    });
    b.glow(lit.x, lit.y, r * 1.5, r * 0.8, "255 70 70", 0.35);
    b.glow(at.x, at.y, at.size * 0.07, at.size * 0.07, "170 232 255", 0.5);
    b.finish(0.6);
  },
};

/** Rows of fine points that have been treated, up to the current position. */
const rows = (until: number) => (x: number, _y: number, z: number): Vec => {
  if (x > until || z < -0.5 || z > 0.22) return [0, 0, 0];
  const step = 0.05;
  const line = Math.abs(z / step - Math.round(z / step));
  const dot = Math.abs(x / 0.022 - Math.round(x / 0.022));
  const fade = Math.exp((x - until) * 1.1);
  const lit = Math.max(0, 1 - norm2(dot * 0.44, line) / 0.14) * fade;
  return [1.5 * lit, 0.12 * lit, 0.1 * lit];
};

export const laserLarge: Study = {
  name: "laser-large",
  alt: "Even rows of fine red points across a wide area of skin, leading up to a white laser handpiece.",
  paint(b) {
    const tip: Vec = [0.42, 0.06, -0.22];
    const scene: Scene = {
      eye: [-0.1, 0.62, -1.5],
      target: [0.04, 0.04, 0],
      view: 0.62,
      solids: [solid({ ...skin("#a87658"), glow: rows(0.38) }, body), ...handpiece(tip, [0.5, 0.66, 0.1])],
      lamps: [
        { at: tip, light: tint("#8fe4ff", 0.014), size: 0.03, haze: 0.02, shadows: false },
        { at: [-1.7, 0.6, 1.5], light: tint("#8fc8f0", 2.4), size: 0.3 },
        { at: [1.9, 0.9, 1.2], light: tint("#ffb47c", 1.5), size: 0.3 },
        { at: [0.1, 1.6, -1.6], light: tint("#dff0ff", 0.9), size: 0.4 },
      ],
      above: tint("#5a7a90", 0.1),
      below: tint("#20303c", 0.1),
      air: tint("#0a151d", 1),
      clear: 0.93,
      far: 8,
      exposure: 1.2,
    };
    const spot = paintScene(b, scene);
    const at = spot(tip[0], tip[1], tip[2]);
    b.glow(at.x, at.y, at.size * 0.1, at.size * 0.08, "170 232 255", 0.5);
    b.glow(at.x - at.size * 0.02, at.y + at.size * 0.05, at.size * 0.14, at.size * 0.07, "255 70 70", 0.4);
    b.finish(0.6);
  },
};

export const laserSmall: Study = {
  name: "laser-small",
  alt: "On a steel tray in cool light: amber safety goggles and a slim white laser handpiece with a glowing ring.",
  paint(b) {
    const lens: Matter = { color: tint("#3a1a06"), shine: 1, gloss: 120, mirror: 0.16, glow: tint("#c8640e", 0.05) };
    const rubber: Matter = { color: tint("#15181b"), shine: 0.3, gloss: 24 };
    const goggles: Vec = [-0.16, 0, 0.02];
    const cups = (x: number, y: number, z: number) => {
      const ax = Math.abs(x) - 0.085;
      return cut(box(ax, y - 0.052, z, 0.074, 0.05, 0.045, 0.036), box(ax, y - 0.056, z + 0.05, 0.058, 0.036, 0.04, 0.03), 0.012);
    };
    const bridge = (x: number, y: number, z: number) => bar(x, y, z, -0.03, 0.064, -0.01, 0.03, 0.064, -0.01, 0.012);
    const strap = (x: number, y: number, z: number) => box(norm2(x * 0.82, z - 0.0) - 0.15, y - 0.05, 0, 0.004, 0.016, 1, 0.003) + Math.max(0, -z * 0.6);
    const scene: Scene = {
      eye: [0.02, 0.36, -0.95],
      target: [0.02, 0.06, 0],
      view: 0.6,
      solids: [
        floor({ color: tint("#2a3338"), shine: 0.4, gloss: 60, mirror: 0.14, relief: (x, y, z) => 0.0006 * cloudy(x * 8, y, z * 160, 2), grain: 0.003 }, 0),
        wall({ color: tint("#22303a") }, 1.1),
        stood(rubber, (x, y, z) => Math.min(cups(x, y, z), bridge(x, y, z), strap(x, y, z)) * 0.8, goggles, 0.3, -0.18),
        stood(lens, (x, y, z) => ellipsoid(Math.abs(x) - 0.085, y - 0.056, z + 0.02, 0.06, 0.038, 0.022), goggles, 0.2, -0.18),
        ...handpiece([0.18, 0.052, -0.2], [0.5, 0.06, 0.5]),
      ],
      lamps: [
        { at: [0.17, 0.06, -0.22], light: tint("#7fe0ff", 0.01), size: 0.04, haze: 0.02, shadows: false },
        { at: [-0.5, 0.9, 0.7], light: tint("#bfe4ff", 1.1), size: 0.16 },
        { at: [0.7, 0.8, -0.6], light: tint("#e8f4ff", 0.8), size: 0.3 },
        { at: [-0.9, 0.3, -0.5], light: tint("#ffb47c", 0.24), size: 0.2 },
      ],
      above: tint("#7a98a8", 0.16),
      below: tint("#20303c", 0.12),
      air: tint("#0a151d", 0.8),
      clear: 0.95,
      far: 5,
      exposure: 1.2,
    };
    const spot = paintScene(b, scene);
    const at = spot(0.18, 0.05, -0.21);
    b.glow(at.x, at.y, at.size * 0.1, at.size * 0.08, "150 226 255", 0.5);
    b.finish(0.6);
  },
};

export const laserStudio: Study = {
  name: "laser-studio",
  alt: "A white treatment bed in a cool, bare room, next to a laser console with a lit screen and a handpiece on a long arm.",
  paint(b) {
    const console: Vec = [-0.86, 0, 0.45];
    const screen = (x: number, y: number): Vec => {
      const u = x - console[0];
      const v = y - 1.12;
      const graph = Math.max(0, 1 - Math.abs(v + 0.02 - 0.03 * Math.sin(u * 50)) / 0.008);
      return [0.06 + 0.3 * graph, 0.2 + 0.8 * graph, 0.28 + 0.9 * graph];
    };
    const white: Matter = { color: tint("#e4eaee"), shine: 0.3, gloss: 40, mirror: 0.02 };
    const dark: Matter = { color: tint("#14181b"), shine: 0.4, gloss: 40 };
    const tower = (x: number, y: number, z: number) => box(x, y - 0.5, z + 0.05 * y, 0.2 - 0.03 * y, 0.44, 0.2, 0.05) * 0.95;
    const bedAt = [0.36, 0.6] as const;
    const scene: Scene = {
      eye: [0, 1.25, -2.7],
      target: [0, 0.82, 0.3],
      view: 0.68,
      solids: [
        floor({ color: tint("#3a444a"), mirror: 0.1, shine: 0.3, gloss: 40 }, 0),
        wall({ color: tint("#5a6a74") }, 1.9),
        solid({ color: tint("#ffffff"), glow: tint("#dff2ff", 2) }, (x, y, z) => box(x - 0.2, y - 1.92, z - 1.88, 1.1, 0.012, 0.02), [0.2, 1.92, 1.88, 1.15], false),
        stood(white, tower, console, 1.1, 0.25),
        stood(dark, (x, y, z) => box(x, y - 0.05, z, 0.23, 0.03, 0.24, 0.02), console, 0.5, 0.25),
        stood(dark, (x, y, z) => box(x, (y - 1.12) * 0.96 - (z + 0.08) * 0.26, z + 0.08, 0.2, 0.13, 0.018, 0.015), console, 1.3, 0.0),
        stood({ color: tint("#05090b"), glow: screen }, (x, y, z) => box(x, (y - 1.12) * 0.96 - (z + 0.1) * 0.26, z + 0.1, 0.18, 0.11, 0.006, 0.004), console, 1.3, 0.0, false),
        solid(dark, (x, y, z) => Math.min(bar(x, y, z, -0.86, 1.0, 0.5, -0.74, 1.62, 0.5, 0.016), bar(x, y, z, -0.74, 1.62, 0.5, -0.3, 1.66, 0.42, 0.014), bar(x, y, z, -0.3, 1.66, 0.42, -0.16, 1.2, 0.36, 0.012)), [-0.5, 1.35, 0.45, 0.62]),
        ...handpiece([-0.1, 0.86, 0.33], [-0.05, 0.6, 0.03]).slice(0, 6),
        solid(white, (x, y, z) => {
          const [px, pz] = [x - bedAt[0], z - bedAt[1]];
          const rise = 0.26 * Math.max(0, px - 0.3) ** 1.3;
          return box(px, y - 0.66 - rise, pz, 0.86, 0.07, 0.32, 0.06) * 0.85;
        }, [bedAt[0], 0.7, bedAt[1], 1.0]),
        solid(dark, (x, y, z) => Math.min(box(x - bedAt[0], y - 0.3, z - bedAt[1], 0.16, 0.3, 0.14, 0.03), box(x - bedAt[0], y - 0.03, z - bedAt[1], 0.5, 0.03, 0.26, 0.02)), [bedAt[0], 0.3, bedAt[1], 0.7]),
      ],
      lamps: [
        { at: [-0.6, 1.85, 1.6], light: tint("#cfeaff", 1.0), size: 0.3, haze: 0.003 },
        { at: [1.0, 1.85, 1.6], light: tint("#cfeaff", 1.0), size: 0.3, haze: 0.003 },
        { at: [0.4, 2.4, -0.8], light: tint("#e8f4ff", 2.2), size: 0.4 },
        { at: [-0.1, 0.83, 0.32], light: tint("#7fe0ff", 0.04), size: 0.05, haze: 0.02, shadows: false },
      ],
      above: tint("#7a98a8", 0.16),
      below: tint("#2a3a44", 0.14),
      air: tint("#0c161d", 0.7),
      clear: 0.96,
      far: 8,
      exposure: 1.15,
    };
    const spot = paintScene(b, scene);
    const at = spot(-0.1, 0.84, 0.33);
    b.glow(at.x, at.y, at.size * 0.16, at.size * 0.16, "140 222 255", 0.5);
    b.finish(0.6);
  },
};
