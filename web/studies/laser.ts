// Care of the skin: light that is cut fine.

import type { Brush, Stops, Study } from "./brush";
import { hand, sleeve } from "./hand";
import type { Place, Spot } from "./lines";
import { crease, frame, soft, through } from "./lines";

// A leg with its knee drawn up: from the thigh over the knee and the shin to the toes, and back under the calf.
const SHIN: readonly Spot[] = [
  [-1.1, 0.2],
  [-0.8, 0.06],
  [-0.5, -0.07],
  [-0.3, -0.15],
  [-0.19, -0.178],
  [-0.12, -0.165],
  [-0.075, -0.12],
  [-0.03, -0.065],
  [0.06, 0.02],
  [0.18, 0.125],
  [0.3, 0.225],
  [0.4, 0.305],
  [0.45, 0.338],
  [0.51, 0.358],
  [0.59, 0.388],
  [0.635, 0.412],
  [0.67, 0.42],
  [0.695, 0.434],
];
const CALF: readonly Spot[] = [
  [0.695, 0.434],
  [0.706, 0.452],
  [0.69, 0.468],
  [0.62, 0.476],
  [0.56, 0.472],
  [0.46, 0.458],
  [0.4, 0.468],
  [0.35, 0.476],
  [0.316, 0.462],
  [0.308, 0.43],
  [0.318, 0.4],
  [0.296, 0.362],
  [0.22, 0.31],
  [0.1, 0.25],
  [-0.02, 0.175],
  [-0.1, 0.1],
  [-0.16, 0.055],
  [-0.24, 0.06],
  [-0.36, 0.14],
  [-0.6, 0.3],
  [-1.1, 0.6],
];

function leg(b: Brush, at: Place, u: number): void {
  const whole = through(at, SHIN, CALF);
  const [x0, y0] = at(0.12, -0.02);
  const [x1, y1] = at(-0.06, 0.24);
  b.blur(u * 0.08, "rgb(8 20 28 / 0.6)", whole);
  b.shape(
    b.across(x0, y0, x1, y1, [
      [0, "#ffe6d6"],
      [0.3, "#f0c2a6"],
      [0.65, "#c98d72"],
      [1, "#8a5a4a"],
    ]),
    whole,
  );
  b.within(whole, () => {
    // The thigh turns away; the cap of the knee, the edge of the shin, the ankle.
    crease(b, at, "rgb(255 226 208 / 0.75)", u * 0.08, 0.05, [[-1.1, 0.3], [-0.7, 0.09], [-0.4, -0.04], [-0.2, -0.1]]);
    crease(b, at, "rgb(110 60 48 / 0.55)", u * 0.09, 0.05, [[-1.0, 0.52], [-0.6, 0.27], [-0.36, 0.12], [-0.22, 0.04]]);
    crease(b, at, "rgb(120 66 52 / 0.5)", u * 0.05, 0.02, [[-0.2, 0.07], [-0.15, 0.0], [-0.14, -0.06], [-0.17, -0.11]]);
    crease(b, at, "rgb(150 88 70 / 0.4)", u * 0.04, 0.012, [[-0.14, -0.1], [-0.1, -0.07], [-0.07, -0.05]]);
    crease(b, at, "rgb(116 64 52 / 0.5)", u * 0.07, 0.03, [[-0.08, 0.09], [0.06, 0.19], [0.2, 0.27], [0.32, 0.36]]);
    crease(b, at, "rgb(255 236 224 / 0.7)", u * 0.03, 0.014, [[-0.03, -0.03], [0.1, 0.08], [0.24, 0.195], [0.38, 0.31]]);
    crease(b, at, "rgb(120 66 54 / 0.6)", u * 0.03, 0.014, [[0.36, 0.36], [0.39, 0.385], [0.39, 0.42]]);
    crease(b, at, "rgb(255 226 208 / 0.7)", u * 0.03, 0.014, [[0.39, 0.35], [0.41, 0.37], [0.41, 0.4]]);
    // The ball of the foot and its first toe.
    crease(b, at, "rgb(120 66 54 / 0.4)", u * 0.03, 0.01, [[0.632, 0.425], [0.645, 0.442], [0.64, 0.462]]);
    crease(b, at, "rgb(255 232 220 / 0.7)", u * 0.01, 0.005, [[0.672, 0.427], [0.686, 0.434], [0.695, 0.444]]);
    crease(b, at, "rgb(110 60 50 / 0.5)", u * 0.05, 0.012, [[0.34, 0.462], [0.45, 0.448], [0.58, 0.466]]);
    soft(b, "236 250 255", 0.55, u * 0.014, through(at, SHIN));
  });
}

/** The field that is treated: a faint and even net that lies around the shin. */
function net(b: Brush, at: Place, u: number): void {
  // Along the shin, and from its edge round to the calf.
  const on = (far: number, round: number): Spot => [0.045 + far * 0.78 - round * 0.55 + round * round * 0.9, 0.03 + far * 0.66 + round * 0.75];
  const faint = (path: ReturnType<typeof through>) => b.line("rgb(255 250 246 / 0.24)", u * 0.0013, path);
  b.within(through(at, SHIN, CALF), () => {
    for (let one = 0; one <= 7; one += 1) faint(through(at, [0, 0.05, 0.1].map((round) => on(one * 0.034, 0.01 + round))));
    for (let one = 0; one <= 3; one += 1) faint(through(at, [0, 0.12, 0.238].map((far) => on(far, 0.01 + one * 0.0333))));
  });
}

const GLOVE = {
  light: [
    [0, "#f4fbff"],
    [0.45, "#b5cfdb"],
    [1, "#587484"],
  ] as Stops,
  shade: "26 52 66",
  shine: "255 255 255",
};

/** The handpiece in the frame of the hand: a slim white body, a dark window of light, a metal mouth. */
function handpiece(b: Brush, at: Place, size: number): void {
  const [x0, y0] = at(0.3, -0.2);
  const [x1, y1] = at(0.36, 0.0);
  b.line("#1a2a33", size * 0.05, through(at, [[1.1, -0.4], [1.5, -0.62], [1.9, -1.2], [2.0, -2.4]]));
  b.shape(
    b.across(x0, y0, x1, y1, [
      [0, "#ffffff"],
      [0.5, "#d5e3ea"],
      [1, "#6f8997"],
    ]),
    through(at, [[-0.28, 0.055], [-0.1, -0.03], [0.2, -0.15], [0.7, -0.34], [1.1, -0.475]], [[1.1, -0.475], [1.15, -0.462], [1.176, -0.415], [1.16, -0.36], [1.12, -0.33]], [[1.12, -0.33], [0.7, -0.18], [0.2, 0.0], [-0.06, 0.085], [-0.26, 0.125]]),
  );
  b.line("#8fa4ae", size * 0.07, through(at, [[-0.34, 0.11], [-0.27, 0.088]]));
  b.line("#7fe6f6", size * 0.018, through(at, [[0.72, -0.262], [0.92, -0.334]]));
}

export const laser: Study = {
  name: "laser",
  alt: "A gloved hand holds a white handpiece; its fine red beam falls on the shin of a leg with the knee drawn up, in a cool, bright, private room.",
  paint(b) {
    const { h, w, u, m } = b;
    b.fade([
      [0, "#0c1a24"],
      [0.5, "#2c5062"],
      [1, "#101e28"],
    ]);
    b.glow(m - u * 0.1, h * 0.3, u * 0.95, u * 0.6, "190 235 255", 0.3);
    // A lamp of an even, cool light.
    b.blend("lighter", 1, () => b.blur(u * 0.05, "rgb(190 236 255 / 0.6)", (c) => c.roundRect(m - u * 0.5, h * 0.12, u * 0.42, u * 0.014, u * 0.007)));
    b.shape("rgb(240 252 255 / 0.85)", (c) => c.roundRect(m - u * 0.5, h * 0.12, u * 0.42, u * 0.009, u * 0.004));
    const at = frame(m - u * 0.04, h * 0.5, u * 0.94, 0);
    const [, couch] = at(0, 0.44);
    b.shape(
      b.across(0, couch - u * 0.04, 0, couch + u * 0.22, [
        [0, "#e6f2f7"],
        [0.3, "#9db9c6"],
        [1, "#2c4552"],
      ]),
      (c) => {
        c.moveTo(-9, couch - u * 0.02);
        c.bezierCurveTo(m - u * 0.3, couch - u * 0.03, m + u * 0.3, couch - u * 0.01, w + 9, couch - u * 0.02);
        c.lineTo(w + 9, h + 9);
        c.lineTo(-9, h + 9);
      },
    );
    b.blur(u * 0.06, "rgb(20 40 52 / 0.7)", (c) => c.ellipse(m + u * 0.44, couch + u * 0.03, u * 0.24, u * 0.016, 0, 0, 7));
    leg(b, at, u);
    net(b, at, u);
    const [x, y] = at(0.13, 0.125);
    const size = u * 0.3;
    const grip = frame(x + u * 0.155, y - u * 0.2, size, -0.5);
    const [tipX, tipY] = grip(-0.36, 0.115);
    b.glow(x, y, u * 0.1, u * 0.05, "255 60 60", 0.3);
    b.blend("lighter", 1, () => {
      for (const [wide, colour] of [
        [0.012, "rgb(255 50 56 / 0.22)"],
        [0.005, "rgb(255 70 70 / 0.6)"],
        [0.002, "rgb(255 226 220 / 1)"],
      ] as const) {
        b.line(colour, u * wide, (c) => {
          c.moveTo(tipX, tipY);
          c.lineTo(x, y);
        });
      }
    });
    b.glow(x, y, u * 0.028, u * 0.02, "255 160 150", 0.85);
    hand(b, grip, size, GLOVE, () => handpiece(b, grip, size));
    sleeve(
      b,
      grip,
      size,
      [
        [0, "#dcecf2"],
        [0.5, "#7d9cab"],
        [1, "#2f4a58"],
      ],
      "16 36 48",
    );
    b.glow(tipX, tipY, u * 0.035, u * 0.035, "255 100 96", 0.5);
    b.finish(0.5);
  },
};
