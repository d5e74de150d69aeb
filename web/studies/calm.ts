// Light studies of short services: the chair for neck and shoulders, and the singing bowl.

import type { Study } from "./brush";
import { candle, leather, plaster, pebble, terry, wood } from "./props";
import type { Matter, Scene, Vec } from "./model";
import { tint } from "./render";
import { flameAt, paintScene } from "./scene";
import { bar, box, cloudy, drum, ease, floor, leaned, noise, norm2, placed, ring, solid, stood, turned, wall } from "./solids";

export const deskReset: Study = {
  name: "desk-reset",
  alt: "A massage chair in a pool of light, with a face cradle, a sloping chest pad, a small seat, and two knee rests.",
  paint(b) {
    const hide = leather("#7a5640");
    const frame: Matter = { color: tint("#1c1c1e"), shine: 0.4, gloss: 40 };
    const at: Vec = [0, 0, 0.2];
    const turn = 0.95;
    // The guest leans towards +x, away from the viewer.
    const seat = leaned((x, y, z) => box(x, y, z, 0.2, 0.05, 0.19, 0.045), -0.2);
    const chest = leaned((x, y, z) => box(x, y, z, 0.05, 0.25, 0.16, 0.045), -0.36);
    const knees = leaned((x, y, z) => box(x, y, Math.abs(z) - 0.18, 0.2, 0.045, 0.1, 0.04), 0.3);
    const rest = leaned((x, y, z) => box(x, y, z, 0.11, 0.04, 0.27, 0.035), 0.1);
    const cradle = leaned((x, y, z) => {
      const pad = ring(x, y * 0.9, z, 0.105, 0.045);
      return Math.max(pad, -box(x + 0.14, y, z, 0.1, 0.1, 0.036, 0.02));
    }, 0.75);
    const pads = (x: number, y: number, z: number) =>
      Math.min(seat(x + 0.22, y - 0.62, z), chest(x - 0.2, y - 0.9, z), knees(x - 0.1, y - 0.34, z), rest(x - 0.48, y - 0.82, z)) * 0.95;
    const bones = (x: number, y: number, z: number) => {
      const az = Math.abs(z);
      return Math.min(
        bar(x, y, az, -0.46, 0.02, 0.2, 0.32, 1.0, 0.06, 0.017),
        bar(x, y, az, 0.6, 0.02, 0.2, -0.24, 0.58, 0.06, 0.017),
        bar(x, y, z, -0.46, 0.02, -0.2, -0.46, 0.02, 0.2, 0.017),
        bar(x, y, z, 0.6, 0.02, -0.2, 0.6, 0.02, 0.2, 0.017),
        bar(x, y, z, 0.3, 0.98, 0, 0.42, 1.3, 0, 0.014),
        bar(x, y, z, 0.24, 0.78, 0, 0.48, 0.8, 0, 0.014),
      );
    };
    const scene: Scene = {
      eye: [0, 1.3, -2.6],
      target: [0.06, 0.74, 0.1],
      view: 0.7,
      solids: [
        floor(wood("#150c06", "#33200f", 0, 0.2), 0),
        wall(plaster("#4a382c"), 1.9),
        stood(hide, pads, [at[0], at[1], at[2]], 1.25, turn),
        stood(terry("#efe6d8"), (x, y, z) => cradle(x - 0.45, y - 1.28, z), at, 1.65, turn),
        stood(frame, bones, at, 1.45, turn),
      ],
      lamps: [
        { at: [-0.5, 2.7, -0.9], light: tint("#ffd2a0", 14), size: 0.2, toward: [0.05, 0.3, 0.3], cone: [0.94, 0.8], haze: 0.0012 },
        { at: [2.6, 0.7, 0.5], light: tint("#ff9f58", 2.4), size: 0.3 },
        { at: [-2.4, 0.4, 0.9], light: tint("#ff9f58", 1.0), size: 0.3 },
      ],
      above: tint("#7a5a44", 0.16),
      below: tint("#50301e", 0.14),
      air: tint("#130b07", 0.5),
      clear: 0.98,
      far: 8,
      exposure: 1.25,
    };
    paintScene(b, scene);
    b.finish(0.6);
  },
};

export const guided: Study = {
  name: "guided-stillness",
  alt: "A bronze singing bowl on a round cushion in the middle of raked sand. Circles in the sand spread out from it, past a stone and a candle.",
  paint(b) {
    const bronze: Matter = { color: tint("#9a6c2c", 0.6), shine: 0.9, gloss: 36, mirror: 0.1, relief: (x, y, z) => 0.0016 * noise(x * 50, y * 50, z * 50), grain: 0.004 };
    const sand: Matter = {
      color: (x, _y, z) => {
        const grain = 0.85 + 0.2 * cloudy(x * 40, 0, z * 40, 2);
        return [0.4 * grain, 0.35 * grain, 0.3 * grain];
      },
      relief: (x, _y, z) => {
        const far = norm2(x, z);
        return 0.011 * Math.sin(far * 72) * ease(0.34, 0.4, far) * ease(1.9, 0.7, far) + 0.0012 * noise(x * 90, 0, z * 90);
      },
      grain: 0.004,
    };
    const profile = [[0, 0.02], [0.1, 0.02], [0.16, 0.07], [0.175, 0.13], [0.165, 0.19]] as const;
    const cushion = (x: number, y: number, z: number) => {
      const r = norm2(x, z);
      const gather = 0.006 * Math.sin(Math.atan2(z, x) * 22) * ease(0.12, 0.24, r);
      return (drum(x, y - 0.075, z, 0.27, 0.075, 0.07) + gather + 0.02 * ease(0.16, 0, r)) * 0.8;
    };
    const striker = placed((x, y, z) => Math.min(bar(x, y, z, -0.14, 0, 0, 0.1, 0, 0, 0.013, 0.015), bar(x, y, z, 0.1, 0, 0, 0.2, 0, 0, 0.024, 0.024)), 0.42, 0.025, -0.3, 0.5);
    const scene: Scene = {
      eye: [0, 0.78, -1.75],
      target: [0, 0.12, 0],
      view: 0.66,
      solids: [
        floor(sand, 0),
        stood({ color: tint("#5a2c2a", 0.7), soft: 0.3, relief: (x, y, z) => 0.001 * noise(x * 160, y * 160, z * 160), grain: 0.002 }, cushion, [0, 0, 0], 0.34),
        stood(bronze, (x, y, z) => Math.min(turned(x, y - 0.13, z, profile, 0.009), ring(x, y - 0.32, z, 0.165, 0.013)) * 0.95, [0, 0, 0], 0.45),
        solid(wood("#3a2010", "#7a4a24", 0, 0.1), striker, [0.42, 0.02, -0.3, 0.26]),
        pebble([-0.62, -0.02, 0.22], 0.14, 0.07, 0.11, 0.5),
        candle([0.62, 0, 0.24], 0.045, 0.14),
      ],
      lamps: [
        { at: [-1.3, 0.5, 0.9], light: tint("#ffc48c", 1.7), size: 0.1, haze: 0.003 },
        { at: [0.62, 0.2, 0.23], light: tint("#ff9c4a", 0.1), size: 0.04, haze: 0.006 },
        { at: [-0.7, 1.3, -1.1], light: tint("#ffdcb8", 1.6), size: 0.3 },
      ],
      above: tint("#6a5a70", 0.1),
      below: tint("#40302a", 0.1),
      air: tint("#0d0a0e", 0.6),
      clear: 0.9,
      far: 9,
      exposure: 1.25,
    };
    const spot = paintScene(b, scene);
    flameAt(b, spot(0.62, 0.14, 0.24), 0.08);
    b.finish(0.6);
  },
};
