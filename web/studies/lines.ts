// Lines through points: bodies and cloth are told by where their edges pass, in a frame that may lie or lean.

import type { Brush, Context } from "./brush";

export type Spot = readonly [x: number, y: number];
/** From a frame of its own to the picture. */
export type Place = (x: number, y: number) => Spot;

/** A frame at `x`, `y` in which `size` is one, turned by `turn`; `side` -1 mirrors it. */
export function frame(x: number, y: number, size: number, turn: number, side = 1): Place {
  const cos = Math.cos(turn) * size;
  const sin = Math.sin(turn) * size;
  return (right, down) => [x + side * (right * cos - down * sin), y + right * sin + down * cos];
}

const less = (a: Spot, b: Spot): Spot => [a[0] - b[0], a[1] - b[1]];
const length = (a: Spot) => Math.hypot(a[0], a[1]) || 1e-9;

/** Where a line heads at each of its points: the nearer neighbour counts for more. */
function headings(spots: readonly Spot[]): Spot[] {
  return spots.map((spot, at) => {
    const before = less(spot, spots[at - 1] ?? spot);
    const after = less(spots[at + 1] ?? spot, spot);
    const [d0, d1] = [length(before), length(after)];
    const sum: Spot = at === 0 ? after : at === spots.length - 1 ? before : [(before[0] * d1) / d0 + (after[0] * d0) / d1, (before[1] * d1) / d0 + (after[1] * d0) / d1];
    return [sum[0] / length(sum), sum[1] / length(sum)];
  });
}

/** A path through points; where one run ends and the next begins is a corner. */
export function through(place: Place, ...runs: readonly (readonly Spot[])[]): (c: Context) => void {
  return (c) => {
    for (const [index, run] of runs.entries()) {
      const spots = run.map(([x, y]) => place(x, y));
      const heads = headings(spots);
      for (const [at, [x, y]] of spots.entries()) {
        const last = spots[at - 1];
        const from = heads[at - 1];
        const to = heads[at];
        if (!last || !from || !to) {
          if (index === 0) c.moveTo(x, y);
          else c.lineTo(x, y);
          continue;
        }
        const third = length(less([x, y], last)) / 3;
        c.bezierCurveTo(last[0] + from[0] * third, last[1] + from[1] * third, x - to[0] * third, y - to[1] * third, x, y);
      }
    }
  };
}

export type Joint = readonly [x: number, y: number, half: number];

/** One side of a limb along its joints, 1 or -1; `part` 1 is its edge, less lies within. */
export function side(joints: readonly Joint[], which: number, part = 1): Spot[] {
  const heads = headings(joints.map(([x, y]) => [x, y]));
  return joints.map(([x, y, half], at) => {
    const [right, down] = heads[at] ?? [0, 0];
    return [x - which * down * half * part, y + which * right * half * part];
  });
}

/** A rounded limb along its joints, each with half its width there: an open root and a round tip. */
export function limb(place: Place, joints: readonly Joint[]): (c: Context) => void {
  const [x, y, half] = joints[joints.length - 1] ?? [0, 0, 0];
  const before = joints[joints.length - 2] ?? [x - 1, y];
  const far = Math.hypot(x - before[0], y - before[1]);
  const tip: Spot = [x + ((x - before[0]) / far) * half, y + ((y - before[1]) / far) * half];
  return through(place, [...side(joints, 1), tip, ...side(joints, -1).reverse()]);
}

/** A stroke that begins and ends in nothing, `half` of its width in the middle of its way. */
export function stroke(place: Place, half: number, run: readonly Spot[]): (c: Context) => void {
  const heads = headings(run);
  const pieces = 4;
  const last = (run.length - 1) * pieces;
  const joints = Array.from({ length: last + 1 }, (_, step): Joint => {
    const at = Math.min(run.length - 2, Math.floor(step / pieces));
    const part = step / pieces - at;
    const from: Spot = run[at] ?? [0, 0];
    const to: Spot = run[at + 1] ?? from;
    const far = length(less(to, from));
    // A cubic from point to point that leaves and arrives along the headings.
    const [p2, p3] = [part * part, part * part * part];
    const on = (axis: 0 | 1) =>
      (2 * p3 - 3 * p2 + 1) * from[axis] + (p3 - 2 * p2 + part) * far * (heads[at]?.[axis] ?? 0) + (3 * p2 - 2 * p3) * to[axis] + (p3 - p2) * far * (heads[at + 1]?.[axis] ?? 0);
    return [on(0), on(1), half * Math.sin((Math.PI * (step + 0.1)) / (last + 0.2)) ** 0.8];
  });
  return limb(place, joints);
}

/** A fold, a hollow or a light on a body: a stroke without an edge. */
export function crease(b: Brush, place: Place, colour: string, amount: number, half: number, run: readonly Spot[]): void {
  b.blur(amount, colour, stroke(place, half, run));
}

/** A line without an edge: ever finer ones, one upon another. */
export function soft(b: Brush, rgb: string, strength: number, width: number, path: (c: Context) => void): void {
  const steps = 8;
  for (let step = 1; step <= steps; step += 1) b.line(`rgb(${rgb} / ${(strength / steps).toFixed(4)})`, (width * step) / steps, path);
}
