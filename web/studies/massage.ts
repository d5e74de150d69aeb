// Light studies of massage rooms: the tables, the oil, and the stones, before anyone lies down.

import type { Brush, Study } from "./brush";
import { beside, boards, bowl, brass, candle, couch, folded, leather, linen, pebble, plaster, roll, stool, terry, wood } from "./props";
import type { Scene, Solid, Vec } from "./model";
import { tint } from "./render";
import { flameAt, paintScene } from "./scene";
import { floor, mix, norm2, solid, wall } from "./solids";

const walnut = wood("#1d0f07", "#4a2a14", 0);

function table(at: Vec, turn: number): Solid[] {
  return couch(at, turn, leather("#3a3029"), linen(), walnut);
}

export const massage: Study = {
  name: "massage",
  alt: "A massage table in a warm, dim room, made up with linen and towels. Beside it, a stool holds a bowl of oil, dark stones, and a candle.",
  paint(b) {
    const at: Vec = [0.05, 0, 0.75];
    const turn = -0.98;
    const on = (x: number, y: number, z: number) => beside(at, turn, x, y, z);
    const seat: Vec = [-0.62, 0, -0.42];
    const scene: Scene = {
      eye: [0.75, 1.62, -2.5],
      target: [0.08, 0.6, 0.2],
      view: 0.58,
      solids: [
        floor(wood("#150c06", "#2e1b0f", 0, 0.2), 0),
        boards(wood("#20120a", "#5b371d", 1), 2.6, 0.16, 0.012),
        ...table(at, turn),
        folded(on(-0.12, 0.72, 0.04), 0.17, 0.13, 0.12, turn + 0.12, terry(), 3),
        roll(on(-0.6, 0.72, 0), 0.075, 0.26, turn + Math.PI / 2, terry()),
        ...stool(seat, 0.25, 0.5, walnut),
        ...bowl([seat[0] - 0.07, 0.5, seat[2] + 0.06], 0.1, 0.065, brass, { color: tint("#8a5410"), shine: 0.9, gloss: 120, mirror: 0.12 }),
        candle([seat[0] + 0.12, 0.5, seat[2] + 0.04], 0.034, 0.1),
        pebble([seat[0] + 0.03, 0.5, seat[2] - 0.12], 0.07, 0.022, 0.05, 0.3),
        pebble([seat[0] + 0.035, 0.545, seat[2] - 0.12], 0.05, 0.018, 0.04, 0.8),
      ],
      lamps: [
        { at: [-0.2, 2.6, 0.3], light: tint("#ffdcb4", 7.5), size: 0.22, toward: [0.1, 0, 0.2], cone: [0.93, 0.76], haze: 0.002 },
        { at: [seat[0] + 0.12, 0.64, seat[2] + 0.04], light: tint("#ff9c4a", 0.14), size: 0.03, haze: 0.006 },
        { at: [-2.2, 0.16, 2.3], light: tint("#ff9a50", 0.5), size: 0.3 },
        { at: [0, 0.16, 2.3], light: tint("#ff9a50", 0.5), size: 0.3 },
        { at: [2.2, 0.16, 2.3], light: tint("#ff9a50", 0.5), size: 0.3 },
      ],
      above: tint("#7a5a44", 0.16),
      below: tint("#50301e", 0.14),
      air: tint("#1a0f08", 0.4),
      clear: 0.98,
      far: 12,
      exposure: 1.3,
    };
    const spot = paintScene(b, scene);
    flameAt(b, spot(seat[0] + 0.12, 0.605, seat[2] + 0.04), 0.075);
    b.finish(0.6);
  },
};

/** Dusk in a long window: violet above, and rose and gold at the sunset. */
const dusk = (_x: number, y: number): Vec => {
  const part = Math.max(0, Math.min(1, (y - 0.7) / 1.5));
  return part < 0.4 ? mix(tint("#f0a878", 0.46), tint("#a8587a", 0.34), part / 0.4) : mix(tint("#a8587a", 0.34), tint("#241a44", 0.3), (part - 0.4) / 0.6);
};

/** An hour later: deep blue above a last line of light. */
const night = (_x: number, y: number): Vec => {
  const part = Math.max(0, Math.min(1, (y - 0.7) / 1.5));
  return part < 0.2 ? mix(tint("#c07858", 0.26), tint("#3a3560", 0.26), part / 0.2) : mix(tint("#3a3560", 0.26), tint("#0c1228", 0.3), (part - 0.2) / 0.8);
};

/** Two tables in front of a long window, seen from `eye`, with candles on the floor. */
function pair(b: Brush, window: (x: number, y: number) => Vec, sky: string, eye: Vec, target: Vec, lights: [Vec, number][]): void {
  const turn = -0.82;
  const places: Vec[] = [[-1.02, 0, 0.95], [0.52, 0, 0.5]];
  const tables = places.flatMap((at, one) => [
    ...table(at, turn),
    folded(beside(at, turn, 0.02, 0.72, 0.02), 0.16, 0.12, 0.12, turn + 0.1, terry(one ? "#f0e8dc" : "#e2cfc0"), 3),
    roll(beside(at, turn, -0.6, 0.72, 0), 0.075, 0.26, turn + Math.PI / 2, terry()),
  ]);
  const scene: Scene = {
    eye,
    target,
    view: 0.7,
    solids: [
      floor({ ...wood("#160d0c", "#2e1c18", 0, 0.2), mirror: 0.06 }, 0),
      wall({ color: tint("#1a0e12"), glow: window }, 2.5),
      solid(plaster("#3a2626"), (_x, y, z) => Math.max(0.72 - y < y - 2.02 ? 2.02 - y : y - 0.72, 2.4 - z), undefined, false),
      solid(walnut, (x, _y, z) => norm2(Math.abs(x - Math.round(x / 1.5) * 1.5), z - 2.4) - 0.022, undefined, false),
      ...tables,
      ...lights.map(([at, high]) => candle(at, 0.036, high)),
    ],
    lamps: [
      { at: [0, 1.3, 2.2], light: tint(sky, 1.5), size: 0.5, shadows: false },
      { at: [-0.4, 2.8, -0.5], light: tint("#ffd6b4", 6), size: 0.3 },
      { at: [-0.85, 0.3, -0.28], light: tint("#ff9c4a", 0.13 * lights.length - 0.13), size: 0.1, haze: 0.006 },
    ],
    above: tint("#7a5868", 0.14),
    below: tint("#50302c", 0.12),
    air: tint("#150a0e", 0.5),
    clear: 0.98,
    far: 9,
    exposure: 1.2,
  };
  const spot = paintScene(b, scene);
  for (const [[x, y, z], high] of lights) flameAt(b, spot(x, y + high, z), 0.075);
  b.finish(0.6);
}

export const together: Study = {
  name: "together",
  alt: "Two massage tables, made up alike and an arm’s length apart, in front of a long window just after sunset. Candles stand on the floor between them.",
  paint(b) {
    pair(b, dusk, "#ff9a78", [0.2, 1.62, -2.9], [0.06, 0.7, 0.3], [[[-0.86, 0, -0.22], 0.16], [[-0.74, 0, -0.3], 0.1], [[-0.95, 0, -0.36], 0.08]]);
  },
};

export const togetherLong: Study = {
  name: "couples-massage-90",
  alt: "Two massage tables side by side at night, in front of a long window with a last line of light. Candles burn on the floor beside them.",
  paint(b) {
    pair(b, night, "#6a78b0", [-1.5, 1.5, -2.5], [-0.1, 0.66, 0.5], [[[-0.2, 0, -0.3], 0.14], [[-0.08, 0, -0.36], 0.09], [[-0.3, 0, -0.42], 0.08]]);
  },
};
