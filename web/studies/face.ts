// A face in profile, at rest.

import type { Brush } from "./brush";
import { chance, thin } from "./brush";
import type { Place, Spot } from "./lines";
import { crease, soft, stroke, through } from "./lines";

// The face lies on its back: x runs from the hairline (0) to the chin (1), y from the brow (0) down to the back of the head.
const BROW: readonly Spot[] = [
  [-0.12, 0.3],
  [-0.06, 0.17],
  [0.02, 0.085],
  [0.13, 0.028],
  [0.24, 0.004],
  [0.325, 0.002],
  [0.385, 0.033],
  [0.44, 0.012],
  [0.52, -0.054],
  [0.582, -0.104],
  [0.614, -0.13],
  [0.639, -0.136],
  [0.659, -0.12],
  [0.667, -0.088],
  [0.678, -0.05],
];
const UPPER_LIP: readonly Spot[] = [
  [0.678, -0.05],
  [0.692, -0.036],
  [0.712, -0.034],
  [0.732, -0.044],
  [0.748, -0.058],
  [0.763, -0.062],
  [0.775, -0.055],
  [0.781, -0.044],
];
const LOWER_LIP: readonly Spot[] = [
  [0.781, -0.044],
  [0.788, -0.05],
  [0.803, -0.056],
  [0.82, -0.048],
  [0.834, -0.03],
  [0.851, -0.014],
  [0.873, -0.012],
  [0.902, -0.024],
  [0.932, -0.027],
  [0.962, -0.014],
  [0.985, 0.018],
  [0.994, 0.06],
];
const JAW: readonly Spot[] = [
  [0.994, 0.06],
  [0.985, 0.14],
  [0.945, 0.25],
  [0.885, 0.37],
  [0.815, 0.47],
  [0.74, 0.525],
  [0.62, 0.55],
];
const THROAT: readonly Spot[] = [
  [0.994, 0.06],
  [1.0, 0.13],
  [1.02, 0.195],
  [1.055, 0.24],
  [1.12, 0.268],
  [1.22, 0.285],
  [1.32, 0.293],
  [1.4, 0.284],
  [1.5, 0.235],
  [1.7, 0.13],
  [2.1, 0.03],
  [2.7, -0.02],
];
const HEAD: readonly Spot[] = [
  [0.62, 0.55],
  [0.66, 0.8],
  [0.4, 1.0],
  [0.0, 0.8],
  [-0.12, 0.3],
];

export const face = (at: Place) => through(at, BROW, UPPER_LIP, LOWER_LIP, JAW, HEAD);
export const body = (at: Place) => through(at, BROW, UPPER_LIP, LOWER_LIP, THROAT, [[2.7, 1.6], [-0.1, 1.6], [-0.12, 0.3]]);
const edge = (at: Place) => through(at, BROW, UPPER_LIP, LOWER_LIP);

function skin(b: Brush, at: Place): CanvasGradient {
  const [x0, y0] = at(0.62, -0.14);
  const [x1, y1] = at(0.5, 0.95);
  return b.across(x0, y0, x1, y1, [
    [0, "#ffecdc"],
    [0.16, "#f8d6ba"],
    [0.4, "#e6b391"],
    [0.65, "#c48a69"],
    [0.88, "#8c5a43"],
    [1, "#5d3728"],
  ]);
}

/** A soft patch of colour, in the frame of the face. */
export function patch(b: Brush, at: Place, s: number, colour: string, x: number, y: number, rx: number, ry: number, turn: number, amount: number): void {
  const [px, py] = at(x, y);
  b.blur(s * amount, colour, (c) => c.ellipse(px, py, s * rx, s * ry, turn, 0, 7));
}

export function flesh(b: Brush, at: Place, s: number): void {
  const fill = skin(b, at);
  b.shape(fill, body(at));
  b.within(body(at), () => {
    // Under the jaw it is darker; the neck is a column, and the bone of the collar catches light.
    patch(b, at, s, "rgb(74 36 26 / 0.75)", 0.98, 0.36, 0.13, 0.22, 0.5, 0.22);
    patch(b, at, s, "rgb(90 46 34 / 0.6)", 1.24, 0.76, 0.3, 0.14, 0, 0.25);
    crease(b, at, "rgb(255 226 200 / 0.5)", s * 0.1, 0.03, [[1.04, 0.33], [1.2, 0.35], [1.36, 0.36]]);
    crease(b, at, "rgb(104 54 40 / 0.5)", s * 0.09, 0.03, [[0.8, 0.66], [1.05, 0.58], [1.25, 0.48], [1.41, 0.36]]);
    crease(b, at, "rgb(104 54 40 / 0.6)", s * 0.06, 0.026, [[1.4, 0.33], [1.43, 0.46], [1.41, 0.6], [1.34, 0.74]]);
    crease(b, at, "rgb(255 226 200 / 0.6)", s * 0.05, 0.018, [[1.46, 0.33], [1.485, 0.46], [1.46, 0.6], [1.4, 0.72]]);
  });
  b.shape(fill, face(at));
  b.within(face(at), () => {
    // The hollows: temple, eye, the side of the nose, under the cheek, beside the mouth, the turn of the jaw.
    patch(b, at, s, "rgb(150 88 64 / 0.4)", 0.2, 0.36, 0.16, 0.14, 0, 0.2);
    patch(b, at, s, "rgb(140 78 58 / 0.5)", 0.405, 0.105, 0.045, 0.06, 0.2, 0.08);
    patch(b, at, s, "rgb(150 88 64 / 0.4)", 0.54, 0.03, 0.09, 0.022, -0.5, 0.06);
    patch(b, at, s, "rgb(130 70 52 / 0.42)", 0.74, 0.3, 0.16, 0.07, 0.7, 0.18);
    patch(b, at, s, "rgb(140 76 58 / 0.4)", 0.845, 0.045, 0.025, 0.05, 0, 0.06);
    patch(b, at, s, "rgb(100 52 38 / 0.45)", 0.86, 0.47, 0.2, 0.06, -0.9, 0.14);
    patch(b, at, s, "rgb(228 120 100 / 0.42)", 0.565, 0.2, 0.09, 0.07, 0.3, 0.14);
    const [x, y] = at(0.53, 0.15);
    b.glow(x, y, s * 0.16, s * 0.1, "255 226 204", 0.1);
    soft(b, "255 248 238", 0.7, s * 0.05, edge(at));
  });
  b.within(body(at), () => crease(b, at, "rgb(128 74 54 / 0.4)", s * 0.12, 0.03, [[0.93, 0.32], [0.85, 0.44], [0.76, 0.53], [0.66, 0.6]]));
}

/** A lid at rest with its lashes, and the brow. */
export function eye(b: Brush, at: Place, s: number): void {
  const [x, y] = at(0.427, 0.13);
  b.glow(x, y, s * 0.06, s * 0.07, "255 232 214", 0.14);
  crease(b, at, "rgb(116 62 46 / 0.6)", s * 0.016, 0.006, [[0.42, 0.07], [0.399, 0.1], [0.394, 0.14], [0.404, 0.18], [0.424, 0.21]]);
  const lid: readonly Spot[] = [[0.428, 0.072], [0.449, 0.096], [0.459, 0.134], [0.454, 0.174], [0.44, 0.214]];
  crease(b, at, "rgb(84 42 32 / 0.55)", s * 0.02, 0.009, lid);
  b.shape("rgb(50 24 18 / 0.9)", stroke(at, 0.0046, lid));
  for (const [x0, y0, x1, y1] of [
    [0.457, 0.128, 0.482, 0.132],
    [0.457, 0.144, 0.486, 0.154],
    [0.455, 0.16, 0.486, 0.176],
    [0.452, 0.175, 0.483, 0.197],
    [0.447, 0.19, 0.477, 0.216],
    [0.442, 0.203, 0.468, 0.232],
  ] as const) {
    b.shape("rgb(50 24 18 / 0.7)", stroke(at, 0.0018, [[x0 - 0.001, y0 - 0.002], [(x0 + x1) / 2 + 0.003, (y0 + y1) / 2 - 0.005], [x1, y1]]));
  }
  // The brow is hairs, close at its head and few at its end.
  const next = chance(4);
  const arch: readonly Spot[] = [[0.35, 0.025], [0.328, 0.08], [0.313, 0.14], [0.317, 0.19], [0.337, 0.255]];
  crease(b, at, "rgb(92 54 40 / 0.75)", s * 0.022, 0.012, arch);
  const line = (part: number) => 0.347 - 0.034 * Math.sin(part * 2.5) + 0.01 * part;
  for (let hair = 0; hair < 70; hair += 1) {
    const part = next();
    const off = (next() - 0.5) * 0.018 * (1 - part * 0.8);
    const run = [0, 0.1, 0.2].map((on): Spot => [line(part + on) + off * (1 - on * 3), 0.025 + 0.195 * (part + on)]);
    b.shape(thin("78 44 32", 0.2 + 0.25 * next()), stroke(at, 0.0018, run));
  }
}

/** The wing of the nose, the lips, and where they meet. */
export function mouth(b: Brush, at: Place, s: number): void {
  crease(b, at, "rgb(124 62 46 / 0.75)", s * 0.02, 0.008, [[0.596, -0.05], [0.604, -0.016], [0.626, 0.006], [0.652, 0.004], [0.668, -0.018], [0.672, -0.034]]);
  b.within(face(at), () => {
    crease(b, at, "rgb(84 36 28 / 0.9)", s * 0.012, 0.006, [[0.66, -0.092], [0.652, -0.068], [0.653, -0.044], [0.661, -0.03]]);
    const seam: readonly Spot[] = [[0.781, -0.08], [0.781, -0.044], [0.784, 0.004], [0.778, 0.056]];
    const upper = through(at, [[0.745, -0.08], [0.747, -0.045], [0.756, -0.012], [0.768, 0.024], [0.778, 0.056]], [...seam].reverse());
    const lower = through(at, seam, [[0.778, 0.056], [0.801, 0.022], [0.817, -0.014], [0.825, -0.06]]);
    b.blur(s * 0.014, "rgb(178 86 76 / 0.55)", upper);
    b.blur(s * 0.014, "rgb(200 104 92 / 0.52)", lower);
    crease(b, at, "rgb(255 222 210 / 0.8)", s * 0.016, 0.006, [[0.802, -0.05], [0.802, -0.03], [0.799, -0.008]]);
    crease(b, at, "rgb(96 36 32 / 0.9)", s * 0.01, 0.004, [[0.78, -0.062], [0.781, -0.036], [0.784, 0.0], [0.782, 0.034], [0.775, 0.066]]);
    crease(b, at, "rgb(130 66 50 / 0.4)", s * 0.04, 0.014, [[0.757, 0.072], [0.776, 0.077], [0.8, 0.07]]);
  });
}

/** The ear: the rim that curls over, the bowl within, the lobe. */
export function ear(b: Brush, at: Place, s: number): void {
  const whole = through(at, [
    [0.45, 0.545],
    [0.39, 0.56],
    [0.345, 0.62],
    [0.36, 0.7],
    [0.43, 0.735],
    [0.52, 0.72],
    [0.6, 0.675],
    [0.655, 0.635],
    [0.675, 0.59],
    [0.645, 0.558],
    [0.59, 0.56],
    [0.52, 0.54],
    [0.45, 0.545],
  ]);
  const [x0, y0] = at(0.5, 0.53);
  const [x1, y1] = at(0.5, 0.75);
  b.blur(s * 0.05, "rgb(70 34 24 / 0.7)", whole);
  b.shape(
    b.across(x0, y0, x1, y1, [
      [0, "#e3ac8b"],
      [0.5, "#d39a79"],
      [1, "#a86f54"],
    ]),
    whole,
  );
  b.within(whole, () => {
    patch(b, at, s, "rgb(96 44 32 / 0.8)", 0.53, 0.6, 0.05, 0.03, 0.1, 0.05);
    crease(b, at, "rgb(104 50 36 / 0.8)", s * 0.03, 0.015, [[0.45, 0.58], [0.4, 0.6], [0.385, 0.645], [0.42, 0.688], [0.5, 0.685], [0.57, 0.655], [0.61, 0.63]]);
    crease(b, at, "rgb(255 220 196 / 0.7)", s * 0.024, 0.011, [[0.47, 0.556], [0.39, 0.576], [0.358, 0.63], [0.38, 0.694], [0.46, 0.716], [0.56, 0.684], [0.63, 0.64]]);
    crease(b, at, "rgb(255 216 190 / 0.55)", s * 0.03, 0.013, [[0.42, 0.63], [0.47, 0.65], [0.53, 0.648], [0.585, 0.62]]);
    patch(b, at, s, "rgb(255 210 184 / 0.6)", 0.645, 0.592, 0.018, 0.02, 0, 0.04);
    crease(b, at, "rgb(104 50 36 / 0.6)", s * 0.02, 0.007, [[0.5, 0.55], [0.53, 0.572], [0.565, 0.572], [0.59, 0.556]]);
  });
}
