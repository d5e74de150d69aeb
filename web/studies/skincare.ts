// Light studies of five facials, each shown by what it uses: steam, charcoal, light, cold, and half an hour.

import type { Study } from "./brush";
import { brush, marble } from "./facials";
import { bowl, clay, folded, glaze, linen, pebble, plaster, roll, terry, wood } from "./props";
import type { Matter, Scene, Solid, Vec } from "./model";
import { tint } from "./render";
import { paintScene } from "./scene";
import { bar, box, cloudy, drum, floor, norm2, solid, sphere, stood, wall } from "./solids";

/** Returns the scene of a still life on a table, with a default view. */
const table = (scene: Pick<Scene, "solids" | "lamps"> & Partial<Scene>): Scene => ({
  eye: [0, 0.5, -1.25],
  target: [0, 0.13, 0],
  view: 0.6,
  above: tint("#8a7a6a", 0.16),
  below: tint("#40342a", 0.12),
  air: tint("#0e0b09", 0.6),
  clear: 0.97,
  far: 6,
  exposure: 1.2,
  ...scene,
});

export const essential: Study = {
  name: "essential-facial",
  alt: "A wide bowl of steaming water on dark stone, next to a stack of rolled white cloths.",
  paint(b) {
    const water: Matter = { color: tint("#0e1416"), shine: 0.8, gloss: 160, mirror: 0.12, relief: (x, y, z) => 0.002 * cloudy(x * 18, y, z * 18, 2), grain: 0.006 };
    const cloth = terry("#f2ece0");
    const spot = paintScene(
      b,
      table({
        solids: [
          floor(marble, 0),
          wall(plaster("#3c3a38"), 1.0),
          ...bowl([-0.16, 0, 0.02], 0.23, 0.13, clay("#cfc6b8"), water, 0.74),
          ...[[0.24, 0], [0.36, 0], [0.48, 0], [0.3, 1], [0.42, 1], [0.36, 2]].map(([x, row]) => roll([x as number, (row as number) * 0.098, 0.02 + (row as number) * 0.004], 0.058, 0.12, Math.PI / 2 + 0.12, cloth)),
          pebble([-0.46, 0, -0.16], 0.05, 0.016, 0.04, 0.5),
        ],
        lamps: [
          { at: [-0.5, 1.1, 0.8], light: tint("#ffe0c0", 1.7), size: 0.14, haze: 0.003 },
          { at: [0.9, 0.9, -0.7], light: tint("#ffe8d4", 0.9), size: 0.3 },
        ],
      }),
    );
    const at = spot(-0.16, 0.12, 0.02);
    b.steam(at.x, at.y + at.size * 0.03, at.size * 0.2, at.size * 0.3, "240 232 222", 0.26, 4);
    b.finish(0.6);
  },
};

export const cityAir: Study = {
  name: "city-air-facial",
  alt: "A dark bowl of charcoal mask with a brush on a windowsill at night. City lights blur behind the wet glass.",
  paint(b) {
    const soot: Matter = { color: tint("#0b0b0c"), shine: 0.35, gloss: 26, relief: (x, y, z) => 0.01 * cloudy(x * 26, y * 26, z * 26, 3), grain: 0.004 };
    const hash = (a: number, c: number, k: number) => (Math.abs(Math.sin(a * 127.1 + c * 311.7 + k * 74.7) * 43758.5453) % 1);
    const hues: Vec[] = [tint("#ffb35c"), tint("#ffd9a0"), tint("#7fa8d8"), tint("#e86a4a"), tint("#cfe0f0")];
    const lights = (x: number, y: number): Vec => {
      let [r, g, bl] = [0.006, 0.009, 0.016];
      for (const [layer, size] of [[0, 0.11], [1, 0.17], [2, 0.26]] as const) {
        const [cx, cy] = [Math.floor(x / size), Math.floor(y / size)];
        for (let dx = -1; dx <= 1; dx += 1) {
          for (let dy = -1; dy <= 1; dy += 1) {
            const [ix, iy] = [cx + dx, cy + dy];
            if (hash(ix, iy, layer) < 0.52 + Math.max(0, iy * size - 0.35) * 0.45) continue;
            const wide = size * (0.12 + 0.16 * hash(ix, iy, layer + 5));
            const far = norm2(x - (ix + hash(ix, iy, layer + 1)) * size, y - (iy + hash(ix, iy, layer + 2)) * size);
            if (far > wide) continue;
            const hue = hues[Math.floor(hash(ix, iy, layer + 3) * hues.length)] as Vec;
            const strength = (0.1 + 0.34 * hash(ix, iy, layer + 4) ** 2) * (0.8 + 0.2 * (far / wide)) * Math.min(1, (wide - far) / (0.5 * wide)) ** 1.5;
            r += hue[0] * strength;
            g += hue[1] * strength;
            bl += hue[2] * strength;
          }
        }
      }
      return [r, g, bl];
    };
    paintScene(
      b,
      table({
        target: [0, 0.19, 0],
        solids: [
          floor({ ...marble, mirror: 0.1 }, 0),
          wall({ color: tint("#05070a"), glow: lights }, 1.6),
          ...bowl([-0.04, 0, -0.04], 0.2, 0.14, clay("#d8cfc0"), soot, 0.8),
          ...brush([-0.12, 0.142, -0.07], [0.28, 0.2, -0.12], wood("#2a170c", "#5a3a20", 0), { color: tint("#151414"), soft: 0.1 }, 1.3),
          roll([0.42, 0, 0.06], 0.055, 0.11, 0.8, terry("#cfc8bc")),
          folded([-0.46, 0, 0.1], 0.12, 0.08, 0.1, 0.3, linen("#8f8a80"), 2),
        ],
        lamps: [
          { at: [-0.7, 0.9, 0.7], light: tint("#9fc0e4", 1.0), size: 0.2 },
          { at: [0.8, 0.8, 0.7], light: tint("#ffb066", 1.1), size: 0.16 },
          { at: [0.2, 1.2, -1.2], light: tint("#ffd8b0", 1.1), size: 0.3 },
        ],
      }),
    );
    b.finish(0.6);
  },
};

export const ledRenewal: Study = {
  name: "led-renewal-facial",
  alt: "A curved panel of small red lights glowing above a white pillow on a treatment bed.",
  paint(b) {
    const [r, high] = [0.36, 0.1];
    const shell = (x: number, y: number, z: number) => {
      const far = norm2(y - high, z);
      return Math.max(Math.abs(far - r) - 0.022, high + 0.06 - y, Math.abs(x) - 0.5);
    };
    const dots = (x: number, y: number, z: number): Vec => {
      if (norm2(y - high, z) > r - 0.01 || y < high + 0.07) return [0, 0, 0];
      const angle = Math.atan2(z, y - high) / 0.15;
      const [u, v] = [x / 0.06 - Math.round(x / 0.06), angle - Math.round(angle)];
      const lit = Math.max(0, 1 - norm2(u, v) / 0.3);
      return [0.05 + 9 * lit, 0.004 + 0.9 * lit * lit, 0.006 + 0.7 * lit * lit];
    };
    const pillow = (x: number, y: number, z: number) => {
      const [px, pz] = [x / 0.4, z / 0.24];
      const puff = 0.075 * Math.max(0, 1 - px ** 4) * Math.max(0, 1 - pz ** 4) - 0.02 * Math.exp(-((px / 0.35) ** 2) - (pz / 0.5) ** 2);
      return (box(x, y, z, 0.4, 0.012, 0.24, 0.01) - Math.max(0, puff)) * 0.6;
    };
    const lamps = [-0.32, 0, 0.32].map((x) => ({ at: [x, 0.34, 0] as Vec, light: tint("#ff3a2c", 0.34), size: 0.18, shadows: false, haze: 0.004 }));
    const scene: Scene = {
      eye: [-1.5, 0.32, -0.5],
      target: [-0.1, 0.21, 0.02],
      view: 0.62,
      solids: [
        floor(linen("#d8d2c8"), -0.08),
        solid(plaster("#2c2a2c"), (x) => 1.6 - x, undefined, false),
        solid({ color: tint("#dcdad6"), shine: 0.3, gloss: 40, glow: dots }, shell, [0, 0.3, 0, 0.68]),
        solid(linen("#f4eee6"), pillow, [0, 0, 0, 0.5]),
        roll([0.02, 0.055, 0.02], 0.045, 0.12, 0.06, terry("#f6f0e6")),
        solid({ color: tint("#b9bcc0", 0.5), shine: 0.5, gloss: 40 }, (x, y, z) => Math.min(bar(x, y, z, 0, 0.48, 0, 0, 0.62, 0.1, 0.022), bar(x, y, z, 0, 0.62, 0.1, 0.1, 1.4, 0.5, 0.022)), [0.05, 0.9, 0.3, 0.6]),
      ],
      lamps: [...lamps, { at: [-1.2, 1.3, -0.8], light: tint("#c8d4e8", 0.7), size: 0.3 }],
      above: tint("#5a4a54", 0.1),
      below: tint("#401a1a", 0.1),
      air: tint("#0d0709", 0.7),
      clear: 0.96,
      far: 6,
      exposure: 1.1,
    };
    const spot = paintScene(b, scene);
    const at = spot(0, 0.2, 0);
    b.glow(at.x, at.y, at.size * 0.6, at.size * 0.34, "255 50 40", 0.26);
    b.finish(0.6);
  },
};

export const cryo: Study = {
  name: "cryo-facial",
  alt: "Two cold globes of blue glass with slim handles on frosted stone, next to a bowl of ice. Cold mist rolls over the edge.",
  paint(b) {
    const frost: Matter = {
      color: (x, y, z) => [0.16 + 0.2 * Math.max(0, cloudy(x * 8, y, z * 8)), 0.22 + 0.22 * Math.max(0, cloudy(x * 8, y, z * 8)), 0.27 + 0.24 * Math.max(0, cloudy(x * 8, y, z * 8))],
      shine: 0.3,
      gloss: 60,
      mirror: 0.05,
      relief: (x, y, z) => 0.003 * cloudy(x * 60, y * 60, z * 60, 2),
      grain: 0.003,
    };
    const glass: Matter = { color: tint("#2f7fb4", 0.6), shine: 1, gloss: 160, mirror: 0.12, glow: (_x, y) => tint("#4fb4f0", 0.03 + 0.5 * Math.max(0, y - 0.03)) };
    const ice: Matter = { color: tint("#b4d8ea", 0.7), soft: 0.5, shine: 0.8, gloss: 110, mirror: 0.1, glow: tint("#7fc4ec", 0.03) };
    const globe = (at: Vec, turn: number): Solid[] => [
      stood(glass, (x, y, z) => sphere(x, y - 0.1, z, 0.1), at, 0.21, turn),
      stood({ ...glass, glow: tint("#4fb4f0", 0.03) }, (x, y, z) => Math.min(bar(x, y, z, 0.1, 0.09, 0, 0.34, 0.03, 0, 0.02, 0.024), sphere(x - 0.35, y - 0.03, z, 0.03)), at, 0.42, turn),
    ];
    const cubes = [[-0.03, 0.12, -0.02, 0.4], [0.07, 0.12, 0.03, 1.1], [-0.09, 0.125, 0.06, 0.8], [0.0, 0.165, 0.03, 0.2], [0.06, 0.13, -0.07, 1.7], [-0.1, 0.115, -0.06, 1.3]].map(([x, y, z, turn]) =>
      stood(ice, (px, py, pz) => box(px, py * 0.96 + px * 0.26, pz, 0.042, 0.042, 0.042, 0.01), [-0.34 + (x as number), y as number, 0.16 + (z as number)], 0.08, turn as number),
    );
    const spot = paintScene(
      b,
      table({
        solids: [
          floor(frost, 0),
          wall(plaster("#23303a"), 1.1),
          ...globe([-0.02, 0, -0.12], -0.12),
          ...globe([0.12, 0, 0.16], 0.16),
          ...bowl([-0.34, 0, 0.16], 0.2, 0.13, glaze("#8fa6b4")),
          ...cubes,
        ],
        lamps: [
          { at: [0.5, 0.9, 0.9], light: tint("#c4e6ff", 1.9), size: 0.12, haze: 0.003 },
          { at: [-0.9, 1.0, -0.4], light: tint("#9fd0f0", 1.1), size: 0.3 },
          { at: [0.9, 0.4, -0.9], light: tint("#ffd8b0", 0.2), size: 0.2 },
        ],
        above: tint("#7aa0b8", 0.16),
        below: tint("#20384a", 0.14),
        air: tint("#0a141c", 0.8),
        exposure: 0.8,
      }),
    );
    for (const [x, z, seed] of [[-0.34, 0.1, 3], [0.0, -0.1, 5], [0.3, 0.1, 8], [-0.1, -0.34, 9]] as const) {
      const at = spot(x, 0.0, z);
      b.steam(at.x, at.y, at.size * 0.4, at.size * 0.13, "206 234 250", 0.13, seed);
    }
    b.finish(0.6);
  },
};

/** The wall of a bulb, from the neck to its end: radius and height. */
const GLASS = [[0.034, 0.02], [0.06, 0.036], [0.085, 0.055], [0.106, 0.08], [0.12, 0.105], [0.129, 0.135], [0.128, 0.165], [0.118, 0.19]] as const;

export const halfHour: Study = {
  name: "half-hour-glow",
  alt: "An hourglass with glowing sand on dark stone, its upper bulb half empty.",
  paint(b) {
    const high = 0.46;
    const sand: Matter = { color: tint("#e8b060"), soft: 0.4, glow: tint("#ffa23c", 0.5), relief: (x, y, z) => 0.002 * cloudy(x * 160, y * 160, z * 160, 2), grain: 0.002 };
    const half = high / 2;
    const upper = (x: number, y: number, z: number) => Math.max(turnedCone(x, y - half, z), y - half - 0.09, half + 0.004 - y) * 0.7;
    const lower = (x: number, y: number, z: number) => Math.max(norm2(x, z) - 0.118, y - 0.055 - 0.1 * Math.max(0, 1 - norm2(x, z) / 0.11), 0.028 - y) * 0.7;
    const frame = (x: number, y: number, z: number) => {
      const turn = 0.5;
      const [a, c] = [x * Math.cos(turn) + z * Math.sin(turn), z * Math.cos(turn) - x * Math.sin(turn)];
      const posts = Math.min(norm2(Math.abs(a) - 0.145, c), norm2(a, Math.abs(c) - 0.145)) - 0.011 - 0.003 * Math.sin(y * 60);
      return Math.min(Math.max(posts, Math.abs(y - half) - half), drum(x, y - 0.013, z, 0.185, 0.013, 0.008), drum(x, y - high + 0.013, z, 0.185, 0.013, 0.008));
    };
    const brass: Matter = { color: tint("#8a6224", 0.7), shine: 0.9, gloss: 50, mirror: 0.14 };
    const spot = paintScene(
      b,
      table({
        eye: [0, 0.4, -1.3],
        target: [0, 0.22, 0],
        solids: [
          floor({ ...marble, mirror: 0.1 }, 0),
          wall(plaster("#3a2e28"), 1.1),
          stood(sand, upper, [0, 0, 0], 0.45, 0, false),
          stood(sand, lower, [0, 0, 0], 0.3, 0, false),
          stood(sand, (x, y, z) => bar(x, y, z, 0, half, 0, 0, 0.1, 0, 0.0022), [0, 0, 0], 0.4, 0, false),
          stood(brass, frame, [0, 0, 0], 0.55),
          folded([-0.44, 0, 0.14], 0.13, 0.1, 0.1, 0.3, terry("#e9e0d2"), 3),
          pebble([0.42, 0, -0.02], 0.06, 0.02, 0.05, 0.4),
          pebble([0.425, 0.038, -0.02], 0.042, 0.016, 0.036, 1),
        ],
        lamps: [
          { at: [0, 0.29, 0], light: tint("#ffa040", 0.16), size: 0.08, shadows: false, haze: 0.01 },
          { at: [0, 0.1, -0.02], light: tint("#ffa040", 0.12), size: 0.08, shadows: false, haze: 0.01 },
          { at: [-0.7, 1.0, -0.5], light: tint("#ffe0c0", 0.7), size: 0.2 },
        ],
      }),
    );
    // The glass itself: gleams along its walls.
    for (const side of [-1, 1]) {
      for (const up of [-1, 1]) {
        b.line(`rgb(255 232 196 / ${side === -1 ? 0.34 : 0.16})`, b.u * 0.003, (c) => {
          for (const [at, [r, y]] of GLASS.entries()) {
            const p = spot(side * r, half + up * y, 0);
            if (at === 0) c.moveTo(p.x, p.y);
            else c.lineTo(p.x, p.y);
          }
        });
      }
    }
    b.finish(0.6);
  },
};

/** The sand in the upper bulb: a funnel that widens with the glass. */
function turnedCone(x: number, y: number, z: number): number {
  const wide = y < 0.045 ? 0.01 + y * 1.35 : y < 0.1 ? 0.071 + (y - 0.045) * 0.86 : 0.118;
  return norm2(x, z) - wide;
}
