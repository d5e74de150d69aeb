// Light studies of massages: the lit part of a person on the table, a back and a shoulder, and the stones that lie on
// it.

import type { Study } from "./brush";
import { basalt, linen, pebble, plaster, terry } from "./props";
import type { Lamp, Matter, Scene, Solid, Vec } from "./model";
import { tint } from "./render";
import { paintScene } from "./scene";
import { bar, box, boxed, cloudy, cut, ellipsoid, join, noise, solid, wall } from "./solids";

/** Returns skin in low light. `oil` makes it shine. */
export const skin = (hex: string, oil = 0.1): Matter => ({
  color: tint(hex),
  soft: 0.35,
  shine: oil,
  gloss: 16,
  relief: (x, y, z) => 0.0002 * cloudy(x * 90, y * 90, z * 90, 2),
  grain: 0.002,
});

/** Returns the distance to a person who lies face down along x with the head at +x. The surface beneath is at -0.1. */
function lying(x: number, y: number, z: number): number {
  const az = Math.abs(z);
  let form = join(ellipsoid(x, y, z, 0.36, 0.105, 0.165), ellipsoid(x - 0.2, y + 0.004, z, 0.16, 0.1, 0.225), 0.14);
  form = join(form, ellipsoid(x + 0.36, y + 0.004, z, 0.2, 0.125, 0.19), 0.12);
  // The shoulder blades, the muscles beside the spine, and the spine between them.
  form = join(form, ellipsoid(x - 0.17, y - 0.058, az - 0.1, 0.09, 0.052, 0.066), 0.06);
  form = join(form, bar(x, y, az, -0.3, 0.052, 0.045, 0.1, 0.062, 0.042, 0.045), 0.05);
  form = cut(form, bar(x, y, z, -0.34, 0.118, 0, 0.26, 0.108, 0, 0.008), 0.04);
  form = join(form, bar(x, y, az, 0.27, 0.005, 0.215, -0.02, -0.04, 0.29, 0.06, 0.047), 0.07);
  form = join(form, bar(x, y, az, -0.02, -0.04, 0.29, -0.3, -0.06, 0.255, 0.046, 0.034), 0.04);
  form = join(form, bar(x, y, z, 0.28, 0.02, 0, 0.45, 0.03, 0, 0.062, 0.058), 0.08);
  return form * 0.9;
}

const cover = (x: number, y: number, z: number) => {
  const fold = 0.008 * Math.sin(x * 34 + z * 9) + 0.006 * noise(x * 14, y * 14, z * 14);
  const edge = x + 0.27 + 0.02 * Math.sin(z * 7) + 0.01 * noise(1, 2, z * 22);
  return Math.max(join(lying(x, y, z), box(x + 0.55, y + 0.1, z, 0.3, 0.02, 0.3, 0.01), 0.1) - 0.02 - fold, edge) * 0.7;
};

function rest(hex: string, oil: number, lamps: readonly Lamp[], more: readonly Solid[], eye: Vec, target: Vec): Scene {
  const around: Solid["around"] = [0, 0, 0, 0.85];
  const hair: Matter = { color: tint("#120c09"), shine: 0.12, gloss: 20, relief: (x, y, z) => 0.002 * noise(x * 20, y * 120, z * 120), grain: 0.003 };
  return {
    eye,
    target,
    view: 0.5,
    solids: [
      solid(skin(hex, oil), boxed(lying, [0, 0, 0], [0.62, 0.14, 0.36]), around),
      solid(terry("#e9e0d0"), boxed(cover, [-0.5, 0, 0], [0.4, 0.17, 0.36]), [-0.5, 0, 0, 0.62]),
      solid(hair, (x, y, z) => ellipsoid(x - 0.53, y - 0.01, z, 0.115, 0.095, 0.09), [0.53, 0, 0, 0.13]),
      solid(linen("#8f8578"), (x, y, z) => box(x, y + 0.18, z, 1.3, 0.08, 0.42, 0.05), [0, -0.18, 0, 1.4]),
      wall(plaster("#2e211a"), 2.4),
      ...more,
    ],
    lamps,
    above: tint("#6a4e3c", 0.08),
    below: tint("#3a261a", 0.08),
    air: tint("#0d0805", 0.7),
    clear: 0.96,
    far: 6,
    exposure: 1.25,
    share: 0.3,
  };
}

export const deepTissue: Study = {
  name: "deep-tissue",
  alt: "A person’s back in low light, from the shoulder blade along the spine to the fold of a towel.",
  paint(b) {
    const lamps: Lamp[] = [
      { at: [0.7, 0.62, 1.0], light: tint("#ffd2a8", 1.7), size: 0.1 },
      { at: [-1.2, 0.4, 0.7], light: tint("#ffb070", 0.5), size: 0.15 },
      { at: [0, 1.6, -1.4], light: tint("#b0b4c4", 0.3), size: 0.3 },
    ];
    paintScene(b, rest("#94705c", 0.3, lamps, [], [-0.5, 0.5, -0.92], [-0.06, -0.03, 0]));
    b.finish(0.6);
  },
};

export const deepTissueLong: Study = {
  name: "deep-tissue-90",
  alt: "A person’s back by lamplight, seen from the side, from the shoulder to the towel over the hips.",
  paint(b) {
    const lamps: Lamp[] = [
      { at: [-0.9, 0.8, 0.5], light: tint("#ffcf9e", 1.6), size: 0.12 },
      { at: [1.1, 0.35, 0.9], light: tint("#ff9a50", 0.7), size: 0.15 },
      { at: [0, 1.6, -1.4], light: tint("#b0b4c4", 0.24), size: 0.3 },
    ];
    paintScene(b, rest("#94705c", 0.3, lamps, [], [0.12, 0.34, -0.98], [0.04, 0.0, 0.05]));
    b.finish(0.6);
  },
};

export const longMassage: Study = {
  name: "long-massage",
  alt: "Six smooth, dark stones in a line along a person’s back, in candlelight. Steam rises from them.",
  paint(b) {
    const stones: Solid[] = [-0.22, -0.13, -0.04, 0.05, 0.14, 0.22].map((x, at) => {
      const size = 0.041 + 0.005 * Math.sin(at * 2.1);
      return pebble([x, 0.094, 0], size, 0.017, size * 0.82, at, { ...basalt, color: tint("#2b2a29"), shine: 0.3 });
    });
    const lamps: Lamp[] = [
      { at: [0.2, 1.0, 0.9], light: tint("#ffd6ac", 1.7), size: 0.14 },
      { at: [-1.1, 0.5, -0.5], light: tint("#ff9a50", 0.5), size: 0.1 },
    ];
    const spot = paintScene(b, rest("#a07e68", 0.2, lamps, stones, [-0.4, 0.84, -0.6], [-0.02, -0.01, 0.02]));
    for (const x of [-0.2, -0.02, 0.16]) {
      const at = spot(x, 0.12, 0);
      b.steam(at.x, at.y, at.size * 0.05, at.size * 0.2, "255 226 196", 0.1, 3 + x * 10);
    }
    b.finish(0.6);
  },
};
