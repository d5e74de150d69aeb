// A hand that holds a tool as one holds a pen, seen from the side of its thumb.

import type { Brush, Stops } from "./brush";
import { thin } from "./brush";
import type { Joint, Place, Spot } from "./lines";
import { crease, limb, side, through } from "./lines";

/** What the hand is made of: skin or a glove. From its lit side to its dark one, and the colours of shadow and of light. */
export interface Hide {
  light: Stops;
  shade: string;
  shine: string;
}

// The frame: fingertips at 0, 0; the wrist at 1, 0; the little finger below.
const PALM: readonly Spot[] = [
  [3.6, -0.26],
  [2.2, -0.23],
  [1.4, -0.18],
  [1.06, -0.15],
  [0.86, -0.18],
  [0.68, -0.25],
  [0.55, -0.28],
  [0.42, -0.25],
  [0.24, -0.19],
  [0.11, -0.07],
  [0.14, 0.06],
  [0.32, 0.19],
  [0.5, 0.27],
  [0.7, 0.255],
  [0.88, 0.19],
  [1.08, 0.145],
  [1.4, 0.16],
  [2.2, 0.22],
  [3.6, 0.26],
];
const LITTLE: readonly Joint[] = [[0.62, 0.19, 0.07], [0.42, 0.31, 0.062], [0.27, 0.32, 0.054], [0.19, 0.265, 0.042]];
const RING: readonly Joint[] = [[0.58, 0.12, 0.08], [0.36, 0.23, 0.07], [0.2, 0.245, 0.06], [0.1, 0.19, 0.046]];
const MIDDLE: readonly Joint[] = [[0.56, 0.0, 0.085], [0.3, 0.13, 0.074], [0.14, 0.15, 0.062], [0.02, 0.085, 0.046]];
const INDEX: readonly Joint[] = [[0.98, -0.12, 0.01], [0.76, -0.155, 0.086], [0.58, -0.185, 0.085], [0.42, -0.238, 0.078], [0.28, -0.235, 0.07], [0.13, -0.14, 0.06], [0.015, -0.035, 0.042]];
const THUMB: readonly Joint[] = [[0.94, 0.04, 0.01], [0.68, 0.09, 0.115], [0.46, 0.1, 0.09], [0.29, 0.072, 0.074], [0.14, 0.055, 0.068], [0.065, 0.045, 0.05]];
const NAIL: readonly Joint[] = [[0.17, 0.02, 0.016], [0.13, 0.016, 0.024], [0.085, 0.02, 0.02]];

/** `size` is the length of the hand; the tool is painted between the fingers behind it and those before. */
export function hand(b: Brush, place: Place, size: number, hide: Hide, tool: () => void): void {
  const [x0, y0] = place(0.4, -0.3);
  const [x1, y1] = place(0.46, 0.38);
  const light = b.across(x0, y0, x1, y1, hide.light);
  for (const joints of [LITTLE, RING, MIDDLE]) finger(b, place, size, hide, light, joints, 0);
  const palm = through(place, PALM);
  b.blur(size * 0.05, thin(hide.shade, 0.35), palm);
  b.shape(light, palm);
  b.within(palm, () => crease(b, place, thin(hide.shade, 0.95), size * 0.08, 0.1, [[0.6, -0.08], [0.42, -0.08], [0.24, -0.06], [0.08, -0.02]]));
  tool();
  finger(b, place, size, hide, light, INDEX, 3);
  finger(b, place, size, hide, light, THUMB, 2);
  b.blur(size * 0.02, thin(hide.shine, 0.5), limb(place, NAIL));
  b.within(palm, () => {
    // The heel of the hand and the arm turn from the light; the back of the hand lies in it.
    crease(b, place, thin(hide.shade, 0.45), size * 0.1, 0.05, [[0.44, 0.28], [0.66, 0.27], [0.95, 0.19], [1.5, 0.18], [2.4, 0.24], [3.4, 0.28]]);
    crease(b, place, thin(hide.shine, 0.45), size * 0.07, 0.03, [[0.5, -0.25], [0.8, -0.17], [1.1, -0.12], [1.6, -0.15], [2.6, -0.2]]);
  });
}

/** A finger: its shadow on what lies behind, its dark and its lit side. The first joints of it are one with the hand. */
function finger(b: Brush, place: Place, size: number, hide: Hide, light: CanvasGradient, joints: readonly Joint[], root: number): void {
  const whole = limb(place, joints);
  const free = joints.slice(root);
  b.blur(size * 0.07, thin(hide.shade, 0.5), limb(place, free));
  b.shape(light, whole);
  b.within(whole, () => {
    crease(b, place, thin(hide.shade, 0.75), size * 0.05, 0.03, side(free, -1, 0.98));
    crease(b, place, thin(hide.shine, 0.7), size * 0.04, 0.02, side(free, 1, 0.7));
  });
}

/** The sleeve from which the arm comes. */
export function sleeve(b: Brush, place: Place, size: number, light: Stops, shade: string): void {
  const cloth = through(place, [[4, -0.42], [2.4, -0.31], [1.68, -0.25]], [[1.68, -0.25], [1.63, -0.14], [1.63, 0.04], [1.68, 0.18], [1.76, 0.26]], [[1.76, 0.26], [2.4, 0.34], [4, 0.5]]);
  const [x0, y0] = place(2, -0.36);
  const [x1, y1] = place(2, 0.38);
  b.blur(size * 0.08, thin(shade, 0.6), cloth);
  b.shape(b.across(x0, y0, x1, y1, light), cloth);
  b.within(cloth, () => {
    crease(b, place, thin(shade, 0.6), size * 0.03, 0.012, [[1.76, -0.26], [1.71, -0.14], [1.71, 0.04], [1.76, 0.18], [1.84, 0.28]]);
    crease(b, place, thin(shade, 0.5), size * 0.1, 0.03, [[1.8, 0.12], [2.1, 0.04], [2.5, 0.1], [3.2, 0.0]]);
  });
}
