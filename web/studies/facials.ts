// Care of the face: she lies back under a ring of light, and a mask is brushed on.

import type { Brush, Context, Stops, Study } from "./brush";
import { chance, thin } from "./brush";
import { body, ear, eye, face, flesh, mouth, patch } from "./face";
import { hand, sleeve } from "./hand";
import type { Place, Spot } from "./lines";
import { crease, frame, soft, through } from "./lines";

const TOWEL: readonly Spot[] = [
  [0.075, 0.04],
  [0.0, 0.03],
  [-0.1, 0.075],
  [-0.22, 0.17],
  [-0.33, 0.34],
  [-0.37, 0.56],
  [-0.3, 0.82],
  [-0.1, 1.02],
  [0.2, 1.1],
  [0.56, 1.05],
  [0.7, 0.92],
];
const HEM: readonly Spot[] = [
  [0.7, 0.92],
  [0.56, 0.8],
  [0.4, 0.72],
  [0.29, 0.6],
  [0.2, 0.42],
  [0.13, 0.24],
  [0.1, 0.11],
  [0.075, 0.04],
];

function towel(b: Brush, at: Place, s: number): void {
  const cloth = through(at, TOWEL, HEM);
  const [x0, y0] = at(0.1, 0.02);
  const [x1, y1] = at(-0.1, 1.05);
  b.within(body(at), () => b.blur(s * 0.07, "rgb(80 42 30 / 0.7)", cloth));
  b.shape(
    b.across(x0, y0, x1, y1, [
      [0, "#fff8ee"],
      [0.35, "#f0dcc8"],
      [0.7, "#cfae96"],
      [1, "#8a6853"],
    ]),
    cloth,
  );
  b.within(cloth, () => {
    // Folds are wound from the brow round the head, and meet behind the ear: a shadow, and the light on the cloth beside it.
    for (const [half, run] of [
      [0.026, [[0.02, 0.06], [0.035, 0.16], [0.075, 0.3], [0.14, 0.46], [0.24, 0.62], [0.38, 0.77], [0.56, 0.9]]],
      [0.034, [[-0.13, 0.14], [-0.12, 0.28], [-0.06, 0.46], [0.05, 0.63], [0.2, 0.76], [0.4, 0.86], [0.58, 0.94]]],
      [0.03, [[-0.22, 0.5], [-0.16, 0.62], [-0.04, 0.75], [0.12, 0.86], [0.32, 0.94], [0.5, 0.98]]],
      [0.026, [[-0.3, 0.3], [-0.31, 0.44], [-0.28, 0.6], [-0.2, 0.76], [-0.06, 0.9]]],
      [0.018, [[-0.04, 0.1], [-0.05, 0.2], [-0.03, 0.32], [0.02, 0.44]]],
    ] as readonly [number, readonly Spot[]][]) {
      crease(b, at, "rgb(110 70 52 / 0.62)", s * 0.07, half, run);
      crease(b, at, "rgb(96 58 42 / 0.5)", s * 0.02, half * 0.22, run);
      crease(b, at, "rgb(255 250 242 / 0.75)", s * 0.05, half * 0.7, run.map(([x, y]): Spot => [x - 0.045, y + 0.012]));
    }
    soft(b, "255 252 246", 0.7, s * 0.035, through(at, HEM.map(([x, y]): Spot => [x - 0.02, y + 0.005])));
  });
}

/** What she lies on, and the sheet that is drawn up to her shoulders. */
function linen(b: Brush, at: Place, s: number): void {
  const { w, h } = b;
  const cushion = (c: Context) => {
    through(at, [[-3, 0.9], [-1.2, 0.82], [-0.55, 0.78], [-0.2, 0.84], [0.2, 0.92], [0.6, 0.9], [0.9, 0.79], [1.2, 0.74], [1.6, 0.78], [3.4, 0.9]])(c);
    c.lineTo(w + 9, h + 9);
    c.lineTo(-9, h + 9);
  };
  b.blur(s * 0.12, "rgb(50 24 16 / 0.6)", cushion);
  const [, top] = at(0, 0.76);
  b.shape(
    b.across(0, top, 0, top + s * 0.7, [
      [0, "#f7e6d4"],
      [0.25, "#d8bba3"],
      [0.6, "#927059"],
      [1, "#4a3428"],
    ]),
    cushion,
  );
  b.within(cushion, () => {
    patch(b, at, s, "rgb(84 48 34 / 0.5)", 0.25, 0.93, 0.5, 0.05, 0.02, 0.12);
    for (const run of [
      [[-0.5, 0.86], [-0.38, 0.93], [-0.22, 1.0], [0.0, 1.06]],
      [[0.96, 0.86], [0.8, 0.94], [0.66, 1.0], [0.5, 1.04]],
    ] as readonly (readonly Spot[])[]) {
      crease(b, at, "rgb(100 64 46 / 0.4)", s * 0.09, 0.024, run);
      crease(b, at, "rgb(255 246 234 / 0.35)", s * 0.07, 0.016, run.map(([x, y]): Spot => [x + 0.02, y - 0.05]));
    }
  });
  sheet(b, at, s);
}

/** The sheet falls from her shoulders, out of the picture; its edge is turned back once. */
function sheet(b: Brush, at: Place, s: number): void {
  const hem: readonly Spot[] = [[1.16, 1.6], [1.17, 1.2], [1.23, 0.9], [1.35, 0.64], [1.48, 0.4], [1.575, 0.19]];
  const cloth = through(at, hem, [[1.575, 0.19], [1.62, 0.145], [1.74, 0.09], [1.95, 0.035], [2.3, -0.01], [3.0, -0.05]], [[3.0, -0.05], [3.2, 3.6]], [[3.2, 3.6], [1.16, 3.6]], [[1.16, 3.6], [1.16, 1.6]]);
  b.blur(s * 0.1, "rgb(60 28 18 / 0.7)", cloth);
  const [x0, y0] = at(1.7, 0.05);
  const [x1, y1] = at(1.95, 1.15);
  b.shape(
    b.across(x0, y0, x1, y1, [
      [0, "#fff6ea"],
      [0.3, "#ead2bc"],
      [0.7, "#ab8870"],
      [1, "#5a4032"],
    ]),
    cloth,
  );
  const aside = (far: number) => hem.map(([x, y]): Spot => [x + far, y + far * 0.1]);
  b.within(cloth, () => {
    for (const [half, run] of [
      [0.05, [[1.8, 0.2], [1.74, 0.42], [1.62, 0.68], [1.5, 0.94], [1.46, 1.3]]],
      [0.06, [[2.06, 0.06], [2.04, 0.3], [1.94, 0.6], [1.84, 0.9], [1.84, 1.3]]],
      [0.045, [[1.72, 0.5], [1.6, 0.72], [1.44, 0.98], [1.38, 1.24]]],
      [0.06, [[2.34, 0.1], [2.34, 0.36], [2.26, 0.66], [2.24, 1.2]]],
    ] as readonly [number, readonly Spot[]][]) {
      crease(b, at, "rgb(108 70 52 / 0.5)", s * 0.13, half, run);
      crease(b, at, "rgb(255 248 238 / 0.5)", s * 0.1, half * 0.6, run.map(([x, y]): Spot => [x + half * 1.7, y]));
    }
    crease(b, at, "rgb(100 62 44 / 0.8)", s * 0.04, 0.014, aside(0.13).slice(0, -1));
    crease(b, at, "rgb(255 252 246 / 0.8)", s * 0.06, 0.03, aside(0.05));
  });
}

// From the brow over the temple to the cheek: round the eye, and out to hairline, ear and jaw.
const MASK: readonly Spot[] = [
  [0.0, -0.06],
  [0.24, -0.07],
  [0.285, 0.0],
  [0.27, 0.09],
  [0.256, 0.17],
  [0.268, 0.25],
  [0.315, 0.32],
  [0.385, 0.338],
  [0.455, 0.31],
  [0.508, 0.25],
  [0.53, 0.18],
  [0.537, 0.11],
  [0.57, 0.066],
  [0.63, 0.052],
  [0.685, 0.085],
  [0.735, 0.128],
  [0.79, 0.15],
  [0.84, 0.18],
  [0.868, 0.24],
  [0.855, 0.32],
  [0.8, 0.405],
  [0.72, 0.462],
  [0.62, 0.486],
  [0.5, 0.475],
  [0.4, 0.462],
  [0.3, 0.5],
  [0.2, 0.56],
  [0.0, 0.3],
];
/** The ways of the brush lie between these two. */
const NEAR: readonly Spot[] = [[0.28, -0.04], [0.262, 0.08], [0.25, 0.2], [0.3, 0.33], [0.39, 0.36], [0.48, 0.31], [0.54, 0.2], [0.57, 0.06]];
const FAR: readonly Spot[] = [[0.02, 0.0], [0.04, 0.16], [0.12, 0.34], [0.25, 0.47], [0.44, 0.48], [0.64, 0.49], [0.8, 0.4], [0.86, 0.2]];

/** The mask: a pale cream, brushed over forehead, temple and cheek; eye, nose and lips stay free. */
function mask(b: Brush, at: Place, s: number): void {
  const shape = through(at, MASK);
  const [x0, y0] = at(0.6, -0.04);
  const [x1, y1] = at(0.46, 0.52);
  const next = chance(12);
  b.within(face(at), () => {
    b.blur(s * 0.03, "rgb(120 66 46 / 0.45)", through((right, down) => at(right + 0.002, down + 0.008), MASK));
    b.blur(s * 0.012, "rgb(246 228 210 / 0.85)", shape);
    b.within(shape, () => {
      b.shape(
        b.across(x0, y0, x1, y1, [
          [0, "rgb(255 250 242 / 0.96)"],
          [0.4, "rgb(250 234 218 / 0.93)"],
          [0.75, "rgb(228 200 178 / 0.9)"],
          [1, "rgb(196 160 136 / 0.86)"],
        ]),
        shape,
      );
      // The temple lies deeper, and the cheek stands out.
      patch(b, at, s, "rgb(150 104 80 / 0.34)", 0.33, 0.4, 0.1, 0.06, 0, 0.14);
      patch(b, at, s, "rgb(150 104 80 / 0.3)", 0.76, 0.34, 0.1, 0.05, -0.6, 0.14);
      patch(b, at, s, "rgb(255 252 246 / 0.6)", 0.6, 0.17, 0.07, 0.05, 0.4, 0.12);
      for (let way = 0; way < 28; way += 1) {
        const part = (way + next()) / 28;
        const first = Math.floor(next() * 5);
        const run = NEAR.slice(first, first + 4).map(([x, y], on): Spot => {
          const [far, low] = FAR[first + on] ?? [x, y];
          return [x + (far - x) * part, y + (low - y) * part];
        });
        crease(b, at, thin("164 118 92", 0.1 + 0.14 * next()), s * 0.016, 0.005, run);
        crease(b, at, thin("255 255 250", 0.2 + 0.26 * next()), s * 0.016, 0.005, run.map(([x, y]): Spot => [x - 0.006, y - 0.009]));
      }
    });
  });
}

/** A ring lamp on a slim arm that comes from above. */
function lamp(b: Brush, x: number, y: number, u: number): void {
  const metal = (x0: number, x1: number) =>
    b.across(x0, 0, x1, 0, [
      [0, "#5a463a"],
      [0.5, "#d9bfa4"],
      [1, "#4a382e"],
    ]);
  const ring = frame(x, y, u, -0.16);
  const [ax, ay] = ring(0.2, -0.012);
  const knee = { x: ax + u * 0.1, y: ay - u * 0.075 };
  b.line(metal(ax, ax + u * 0.12), u * 0.011, (c) => {
    c.moveTo(ax, ay);
    c.lineTo(knee.x, knee.y);
  });
  b.line(metal(knee.x - u * 0.007, knee.x + u * 0.007), u * 0.013, (c) => {
    c.moveTo(knee.x, knee.y);
    c.lineTo(knee.x, -9);
  });
  b.shape("#b39a82", (c) => c.arc(knee.x, knee.y, u * 0.013, 0, 7));
  b.shape("#7c6554", (c) => c.arc(ax, ay, u * 0.012, 0, 7));
  b.line("#6f5848", u * 0.05, (c) => c.ellipse(x, y - u * 0.008, u * 0.19, u * 0.062, -0.16, 0, 7));
  b.blend("lighter", 1, () => b.blur(u * 0.06, "rgb(255 226 190 / 0.6)", (c) => c.ellipse(x, y + u * 0.02, u * 0.2, u * 0.07, -0.16, 0, 7)));
  b.line("#fff6e8", u * 0.026, (c) => c.ellipse(x, y + u * 0.002, u * 0.19, u * 0.06, -0.16, 0, 7));
}

/** Light without an edge: one glow upon another from the lamp down to the face. */
function light(b: Brush, x: number, y: number, x1: number, y1: number, u: number): void {
  for (let step = 0; step <= 10; step += 1) {
    const part = step / 10;
    b.glow(x + (x1 - x) * part, y + (y1 - y) * part, u * (0.26 + 0.24 * part), u * (0.2 + 0.1 * part), "255 222 190", 0.07);
  }
}

/** A hand that holds a flat brush; the brush touches at `x`, `y`. */
function treat(b: Brush, x: number, y: number, u: number, size: number): void {
  const at = frame(x - u * 0.1, y - u * 0.14, size, -0.62, -1);
  const tip: Spot = [-0.547, 0.19];
  const along = (part: number, off = 0): Spot => [tip[0] * (1 - part) + off * 0.33, tip[1] * (1 - part) + off * 0.94];
  hand(b, at, size, SKIN, () => {
    b.line("#6d4326", size * 0.05, through(at, [along(0.4), along(2.7)]));
    b.line("rgb(232 190 146 / 0.8)", size * 0.014, through(at, [along(0.42, -0.01), along(2.66, -0.01)]));
    const band = through(at, [along(0.31, -0.037), along(0.5, -0.028)], [along(0.5, -0.028), along(0.5, 0.028)], [along(0.5, 0.028), along(0.31, 0.037)]);
    b.shape("#b8935f", band);
    b.within(band, () => crease(b, at, "rgb(255 240 212 / 0.9)", size * 0.02, 0.014, [along(0.26, -0.012), along(0.4, -0.01), along(0.54, -0.008)]));
    b.shape("#f1dfc6", through(at, [along(0.33, -0.036), along(0.16, -0.05), along(-0.02, -0.036)], [along(-0.02, -0.036), along(-0.06, 0.03)], [along(-0.06, 0.03), along(0.16, 0.05), along(0.33, 0.036)]));
    const dab = through(at, [along(0.13, -0.05), along(0.0, -0.05), along(-0.08, 0.0), along(-0.06, 0.05), along(0.06, 0.055), along(0.15, 0.046), along(0.13, -0.05)]);
    b.shape("#fff8ee", dab);
    b.within(dab, () => crease(b, at, "rgb(176 134 108 / 0.7)", size * 0.04, 0.02, [along(-0.08, 0.05), along(0.04, 0.05), along(0.16, 0.045)]));
  });
  sleeve(
    b,
    at,
    size,
    [
      [0, "#f2e2d0"],
      [0.5, "#b99b84"],
      [1, "#5c4436"],
    ],
    "84 56 40",
  );
}

const SKIN = {
  light: [
    [0, "#ffe6d0"],
    [0.45, "#e0ad8b"],
    [1, "#93604a"],
  ] as Stops,
  shade: "92 46 34",
  shine: "255 232 210",
};

export const facials: Study = {
  name: "facials",
  alt: "A woman lies back in profile with closed eyes and a towel around her hair; under a soft ring lamp a hand brushes a pale mask onto her face.",
  paint(b) {
    const { h, u, m } = b;
    const s = u * 0.41;
    const y = h * 0.53;
    const at = frame(m - s * 0.47, y, s, 0);
    b.fade([
      [0, "#211915"],
      [0.5, "#4e3b31"],
      [1, "#1c1410"],
    ]);
    const ring = { x: m + u * 0.11, y: y - u * 0.37 };
    b.glow(m, y - u * 0.1, u * 0.95, u * 0.6, "255 214 176", 0.26);
    lamp(b, ring.x, ring.y, u);
    light(b, ring.x, ring.y, m + u * 0.02, y, u);
    flesh(b, at, s);
    eye(b, at, s);
    mouth(b, at, s);
    mask(b, at, s);
    towel(b, at, s);
    ear(b, at, s);
    linen(b, at, s);
    const [x, row] = at(0.19, 0.012);
    treat(b, x, row, u, s * 0.74);
    b.steam(m + u * 0.3, y - u * 0.05, u * 0.4, u * 0.36, "255 240 228", 0.09, 5);
    b.finish(0.5);
  },
};
