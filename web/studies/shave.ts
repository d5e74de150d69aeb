// Light studies of scissors, brush, and blade beside the chair.

import type { Study } from "./brush";
import { bottle, bowl, brass, candle, folded, glaze, leather, plaster, roll, steel, terry, tray, wood } from "./props";
import type { Matter, Scene, Solid, Vec } from "./model";
import { tint } from "./render";
import { flameAt, paintScene } from "./scene";
import { bar, box, cloudy, drum, ellipsoid, floor, noise, norm2, stood, wall } from "./solids";

const walnut = wood("#1a0e07", "#4c2b15", 0, 0.25);
const green = plaster("#1f2f28");
const horn: Matter = { color: (x, y, z) => [0.09 + 0.1 * Math.max(0, cloudy(x * 20, y * 20, z * 20)), 0.04, 0.02], shine: 0.6, gloss: 60 };
const blade: Matter = { color: tint("#aab0b4", 0.4), shine: 1, gloss: 70, mirror: 0.45 };
const foam: Matter = { color: tint("#f6f1e8", 0.9), soft: 0.5, relief: (x, y, z) => 0.004 * cloudy(x * 50, y * 50, z * 50, 3), grain: 0.003 };
const badger: Matter = { color: (_x, y) => (y > 0.1 ? tint("#d8cbb4") : tint("#3a2a1c")), soft: 0.3, relief: (x, y, z) => 0.003 * noise(x * 260, y * 12, z * 260), grain: 0.002 };

/** Extrudes a flat shape to a thickness. `flat` is its distance seen from above. */
const thick = (flat: number, y: number, half: number) => norm2(Math.max(flat, 0), Math.max(Math.abs(y) - half, 0)) + Math.min(0, Math.max(flat, Math.abs(y) - half)) - 0.0012;

/** Returns scissors that are open by an angle, with their points at +x. */
function scissors(at: Vec, turn: number, open: number, scale = 1): Solid[] {
  const half = (x: number, y: number, z: number, lift: number) => {
    const cos = Math.cos(open);
    const sin = Math.sin(open);
    const px = x * cos + z * sin;
    const pz = z * cos - x * sin;
    const cut = Math.max(bar(px, 0, pz, 0, 0, 0.002, 0.17, 0, 0.006, 0.013, 0.002), -pz - 0.003);
    const shank = bar(px, 0, pz, 0, 0, 0, -0.12, 0, -0.02, 0.0085, 0.006);
    const loop = Math.abs(norm2(px + 0.152, pz + 0.03) - 0.03) - 0.0065;
    const tang = bar(px, 0, pz, -0.182, 0, -0.04, -0.212, 0, -0.052, 0.005, 0.004);
    return thick(Math.min(cut, shank, loop, tang), y - lift, 0.0035);
  };
  const both = (x: number, y: number, z: number) => Math.min(half(x / scale, y / scale, z / scale, 0.01), half(x / scale, y / scale, -z / scale, 0.018)) * scale * 0.9;
  return [
    stood(steel, both, at, 0.26 * scale, turn),
    stood(brass, (x, y, z) => drum(x, y - 0.024 * scale, z, 0.009 * scale, 0.004 * scale, 0.002), at, 0.05, turn),
  ];
}

/** Returns a comb that lies flat, with its teeth towards -z. */
function comb(at: Vec, turn: number, matter: Matter): Solid {
  const form = (x: number, y: number, z: number) => {
    const back = box(x, 0, z - 0.012, 0.115, 0.1, 0.009, 0.006);
    const step = x < 0 ? 0.0055 : 0.0085;
    const tooth = Math.max(Math.abs(x - Math.round(x / step) * step) - step * 0.27, Math.abs(z + 0.014) - 0.024, Math.abs(x) - 0.112);
    return thick(Math.min(back, tooth), y - 0.006, 0.003) * 0.7;
  };
  return stood(matter, form, at, 0.13, turn);
}

/** Returns an open straight razor: its blade along +x, and its handle folded back by an angle. */
function razor(at: Vec, turn: number, open: number): Solid[] {
  const edge = (x: number, y: number, z: number) => {
    const leaf = Math.max(box(x - 0.105, 0, z, 0.068, 0.1, 0.015, 0.004), -(norm2(x - 0.176, z - 0.02) - 0.014));
    const tang = Math.min(bar(x, 0, z, 0.04, 0, -0.006, 0, 0, 0, 0.0065, 0.006), bar(x, 0, z, 0, 0, 0, -0.03, 0, 0.012, 0.0055, 0.003));
    return thick(Math.min(leaf, tang), y - 0.012, 0.002 + 0.0022 * Math.max(0, Math.min(1, 0.5 - z / 0.03)));
  };
  const scales = (x: number, y: number, z: number) => {
    const cos = Math.cos(open);
    const sin = Math.sin(open);
    const px = x * cos + z * sin;
    const pz = z * cos - x * sin;
    const flat = Math.min(bar(px, 0, pz, 0, 0, 0, 0.08, 0, 0.007, 0.009, 0.011), bar(px, 0, pz, 0.08, 0, 0.007, 0.17, 0, -0.002, 0.011, 0.009));
    return thick(flat, y - 0.012, 0.0075);
  };
  return [
    stood(blade, edge, at, 0.2, turn),
    stood(horn, scales, at, 0.2, turn),
    stood(brass, (x, y, z) => drum(x, y - 0.022, z, 0.0045, 0.002, 0.001), at, 0.04, turn),
  ];
}

/** Returns a shaving brush that stands on its handle, with foam on it if wanted. */
function shavingBrush(at: Vec, lathered: boolean): Solid[] {
  const handle = (x: number, y: number, z: number) => {
    const r = norm2(x, z);
    const waist = 0.026 - 0.009 * Math.exp(-(((y - 0.052) / 0.016) ** 2)) + 0.004 * Math.exp(-(((y - 0.012) / 0.012) ** 2));
    return Math.max(r - waist, Math.abs(y - 0.04) - 0.04) * 0.7;
  };
  const knot = (x: number, y: number, z: number) => bar(x, y, z, 0, 0.082, 0, 0, 0.118, 0, 0.019, 0.034) * 0.9;
  const made = [stood(horn, handle, at, 0.12), stood(brass, (x, y, z) => drum(x, y - 0.082, z, 0.023, 0.005, 0.003), at, 0.12), stood(badger, knot, at, 0.17)];
  if (lathered) made.push(stood(foam, (x, y, z) => ellipsoid(x, y - 0.145, z, 0.036, 0.026, 0.036) + 0.006 * cloudy(x * 40, y * 40, z * 40, 2), at, 0.2));
  return made;
}

const set = (solids: readonly Solid[], more: Partial<Scene> = {}): Scene => ({
  eye: [0, 0.42, -0.8],
  target: [0, 0.05, 0],
  view: 0.56,
  solids: [wall(green, 0.9), ...solids],
  lamps: [
    { at: [-0.5, 0.8, 0.5], light: tint("#ffd9a8", 1.15), size: 0.1, haze: 0.003 },
    { at: [0.7, 0.7, -0.6], light: tint("#ffe8d0", 0.5), size: 0.2 },
    { at: [0.5, 0.5, 0.7], light: tint("#8fc0a8", 0.16), size: 0.2 },
  ],
  above: tint("#7a8078", 0.16),
  below: tint("#3a2c20", 0.12),
  air: tint("#0a0d0b", 0.6),
  clear: 0.96,
  far: 5,
  exposure: 1.3,
  ...more,
});

export const theCut: Study = {
  name: "the-cut",
  alt: "Open scissors and a horn comb on dark leather, in warm light.",
  paint(b) {
    const hide = leather("#2c1a12");
    paintScene(
      b,
      set(
        [
          floor(walnut, 0),
          stood(hide, (x, y, z) => box(x, y - 0.006, z, 0.34, 0.006, 0.2, 0.005), [0, 0, -0.02], 0.42, 0.1),
          ...scissors([-0.02, 0.012, 0.0], 0.3, 0.24, 1.25),
          comb([0.08, 0.012, -0.15], 0.16, horn),
          ...bottle([0.36, 0, 0.2], 0.04, 0.17, { color: tint("#3c1e08"), shine: 0.9, gloss: 110, glow: tint("#a85a14", 0.03) }, brass),
          folded([-0.36, 0, 0.2], 0.1, 0.07, 0.08, 0.3, terry("#e6ddcc"), 3),
        ],
        { eye: [0, 0.5, -0.72], target: [0, 0.02, -0.01] },
      ),
    );
    b.finish(0.6);
  },
};

export const hotShave: Study = {
  name: "hot-shave",
  alt: "A bowl of white lather with a badger brush beside it and an open straight razor in front, in warm light.",
  paint(b) {
    const heap = (x: number, y: number, z: number) => (ellipsoid(x, y - 0.066, z, 0.092, 0.04, 0.092) + 0.016 * cloudy(x * 22, y * 22, z * 22, 3) + 0.006 * Math.sin(Math.atan2(z, x) + norm2(x, z) * 90)) * 0.7;
    const spot = paintScene(
      b,
      set([
        floor(walnut, 0),
        ...bowl([0.1, 0, 0.08], 0.115, 0.085, glaze("#e4dccb")),
        stood(foam, heap, [0.1, 0, 0.08], 0.16),
        ...shavingBrush([-0.14, 0, 0.06], true),
        ...razor([-0.1, 0, -0.14], 0.12, 2.55),
        roll([0.38, 0, 0.12], 0.055, 0.12, 0.9, terry("#ece4d4")),
        ...bottle([-0.36, 0, 0.16], 0.042, 0.19, { color: tint("#0f2a20"), shine: 0.9, gloss: 110 }, brass),
      ]),
    );
    const at = spot(0.1, 0.09, 0.08);
    b.steam(at.x, at.y, at.size * 0.12, at.size * 0.24, "244 238 226", 0.1, 5);
    b.finish(0.6);
  },
};

export const beard: Study = {
  name: "beard-ritual",
  alt: "A dropper bottle of amber oil, a round beard brush, and a wooden comb on a tray, next to a steaming towel.",
  paint(b) {
    const bristle: Matter = { color: tint("#6a5238"), relief: (x, y, z) => 0.006 * noise(x * 160, y * 20, z * 160), grain: 0.003 };
    const oil: Matter = { color: tint("#5a2a08"), shine: 1, gloss: 130, mirror: 0.05, glow: tint("#d07818", 0.07) };
    const pear = wood("#6a3c1c", "#b87a44", 0, 0.2);
    const spot = paintScene(
      b,
      set([
        floor(walnut, 0),
        tray([0, 0, 0], 0.42, 0.22, wood("#140c08", "#2a1a10", 0, 0.2), 0.04),
        ...bottle([-0.02, 0.012, 0.08], 0.05, 0.17, oil, { color: tint("#161210"), shine: 0.4, gloss: 40 }),
        // The brush lies on its side, so that its bristles are visible.
        stood(pear, (x, y, z) => ellipsoid(x, y - 0.052, z, 0.09, 0.019, 0.046), [-0.24, 0.012, -0.02], 0.16, 0.4),
        stood(bristle, (x, y, z) => Math.max(ellipsoid(x, y - 0.03, z, 0.076, 0.2, 0.036), Math.abs(y - 0.022) - 0.022) * 0.7, [-0.24, 0.012, -0.02], 0.16, 0.4),
        comb([0.0, 0.012, -0.12], 0.2, pear),
        roll([0.25, 0.012, 0.03], 0.06, 0.13, 0.5, terry("#f0e8da")),
        roll([0.2, 0.012, -0.09], 0.05, 0.11, 0.5, terry("#f0e8da")),
      ]),
    );
    for (const [x, z] of [[0.24, 0.03], [0.2, -0.08]] as const) {
      const at = spot(x, 0.13, z);
      b.steam(at.x, at.y, at.size * 0.14, at.size * 0.26, "244 238 226", 0.13, 4 + x * 20);
    }
    b.finish(0.6);
  },
};

export const cutAndShave: Study = {
  name: "cut-and-shave",
  alt: "Scissors and a straight razor side by side on a folded white towel, with a shaving brush and a candle behind them.",
  paint(b) {
    const spot = paintScene(
      b,
      set(
        [
          floor(walnut, 0),
          folded([0, 0, -0.01], 0.3, 0.05, 0.2, 0.05, terry("#e9e1d2"), 2),
          ...scissors([-0.02, 0.055, 0.075], 0.1, 0.16, 1.1),
          ...razor([0.02, 0.055, -0.13], 0.05, 2.85),
          ...shavingBrush([0.38, 0, 0.16], false),
          candle([-0.38, 0, 0.18], 0.034, 0.12),
          ...bottle([0.27, 0, 0.24], 0.038, 0.17, { color: tint("#3c1e08"), shine: 0.9, gloss: 110, glow: tint("#a85a14", 0.03) }, brass),
        ],
        { eye: [0, 0.72, -0.6], target: [0, 0.03, 0.02] },
      ),
    );
    flameAt(b, spot(-0.38, 0.12, 0.18), 0.06);
    b.finish(0.6);
  },
};
