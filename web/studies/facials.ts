// Light studies of facials: tools on a stone slab under a ring lamp.

import type { Study } from "./brush";
import { bottle, bowl, brass, folded, glaze, linen, plaster, roll, terry } from "./props";
import type { Matter, Scene, Solid, Vec } from "./model";
import { tint } from "./render";
import { paintScene } from "./scene";
import { bar, cloudy, floor, mix, norm2, norm3, rod, solid, stood, tipped, wall } from "./solids";

/** A slab of dark, honed stone with pale veins. */
export const marble: Matter = {
  color: (x, y, z) => {
    const vein = Math.abs(cloudy(x * 2.2 + 4, y, z * 2.2, 5));
    return mix(tint("#5a5048"), mix(tint("#171310"), tint("#2a221d"), 0.5 + cloudy(x * 4, y, z * 4)), Math.min(1, vein * 14));
  },
  shine: 0.2,
  gloss: 60,
  mirror: 0.05,
};
const cream: Matter = { color: tint("#f1e3cf"), soft: 0.5, shine: 0.25, gloss: 30, relief: (x, y, z) => 0.006 * cloudy(x * 30, y * 30, z * 30, 2), grain: 0.004 };
const jade: Matter = { color: tint("#5f8a6e"), soft: 0.5, shine: 0.6, gloss: 90 };
const amber: Matter = { color: tint("#4a2408"), shine: 0.9, gloss: 120, mirror: 0.05, glow: tint("#a85a14", 0.035) };

/** Returns a brush that rests on a bowl: bristles, a ferrule, and a slim handle. `from` is its tip. */
export function brush(from: Vec, to: Vec, handle: Matter, hair: Matter, width = 1): Solid[] {
  const on = (part: number): Vec => [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part, from[2] + (to[2] - from[2]) * part];
  const middle = on(0.5);
  const reach = norm3(to[0] - from[0], to[1] - from[1], to[2] - from[2]) / 2 + 0.04;
  const part = (matter: Matter, a: number, b: number, ra: number, rb: number): Solid => {
    const [p, q] = [on(a), on(b)];
    return solid(matter, (x, y, z) => rod(x, y, z, p, q, ra * width, rb * width), [...middle, reach]);
  };
  return [part(hair, 0.02, 0.22, 0.02, 0.014), part(brass, 0.22, 0.36, 0.014, 0.0105), part(handle, 0.36, 0.9, 0.009, 0.011), part(handle, 0.9, 1, 0.011, 0.008)];
}

/** Returns a jade roller: two stones on a handle that lies along x. */
function roller(at: Vec, turn: number): Solid[] {
  const big = (x: number, y: number, z: number) => bar(x - 0.15, y - 0.03, z, 0, 0, -0.03, 0, 0, 0.03, 0.022);
  const small = (x: number, y: number, z: number) => bar(x + 0.13, y - 0.024, z, 0, 0, -0.012, 0, 0, 0.012, 0.014);
  const grip = (x: number, y: number, z: number) => bar(x, y - 0.024, z, -0.085, 0, 0, 0.085, 0, 0, 0.013, 0.015);
  const fork = (x: number, y: number, z: number) => {
    const az = Math.abs(z);
    return Math.min(
      bar(x, y - 0.026, az, 0.09, 0, 0, 0.115, 0.003, 0.052, 0.0045),
      bar(x, y - 0.026, az, 0.115, 0.003, 0.056, 0.15, 0.004, 0.056, 0.0045),
      bar(x, y - 0.024, az, -0.09, 0, 0, -0.105, 0, 0.028, 0.004),
      bar(x, y - 0.024, az, -0.105, 0, 0.03, -0.13, 0, 0.03, 0.004),
    );
  };
  return [stood(jade, big, at, 0.24, turn), stood(jade, small, at, 0.2, turn), stood(jade, grip, at, 0.12, turn), stood(brass, fork, at, 0.24, turn)];
}

/** Returns a round mirror that leans back, and the position of a ring lamp that the viewer sees reflected in it. */
function mirrored(at: Vec, r: number, lean: number, turn: number, eye: Vec, far: number, ringed: number): { solids: Solid[]; ring: Vec } {
  const disc = tipped((x, y, z) => norm2(Math.max(norm2(x, y) - r, 0), Math.max(Math.abs(z) - 0.006, 0)) - 0.002, lean);
  const rim = tipped((x, y, z) => norm2(norm2(x, y) - r, z) - 0.011, lean);
  const normal: Vec = [Math.sin(turn) * Math.cos(lean), Math.sin(lean), -Math.cos(turn) * Math.cos(lean)];
  const d = norm3(at[0] - eye[0], at[1] - eye[1], at[2] - eye[2]);
  const into: Vec = [(at[0] - eye[0]) / d, (at[1] - eye[1]) / d, (at[2] - eye[2]) / d];
  const dot = into[0] * normal[0] + into[1] * normal[1] + into[2] * normal[2];
  const out: Vec = [into[0] - 2 * dot * normal[0], into[1] - 2 * dot * normal[1], into[2] - 2 * dot * normal[2]];
  const ring: Vec = [at[0] + out[0] * far, at[1] + out[1] * far, at[2] + out[2] * far];
  const light = (x: number, y: number, z: number) => {
    const [px, py, pz] = [x - ring[0], y - ring[1], z - ring[2]];
    const along = px * out[0] + py * out[1] + pz * out[2];
    return norm2(Math.sqrt(Math.max(0, px * px + py * py + pz * pz - along * along)) - ringed, along) - 0.02;
  };
  const glass: Matter = { color: tint("#0c0a09"), mirror: 0.86 };
  return {
    ring,
    solids: [
      stood(glass, disc, at, r + 0.03, turn),
      stood(brass, rim, at, r + 0.03, turn),
      solid({ color: tint("#ffffff"), glow: tint("#ffe2bc", 7) }, light, [...ring, ringed + 0.06], false),
    ],
  };
}

export const facials: Study = {
  name: "facials",
  alt: "On dark stone: a bowl of pale cream with a brush across it, a jade roller, a folded towel, and a dropper bottle. A round mirror behind them reflects a ring lamp.",
  paint(b) {
    const eye: Vec = [0, 0.52, -1.25];
    const glass: Vec = [0.19, 0.2, 0.24];
    const { solids, ring } = mirrored(glass, 0.2, 0.2, 0.22, eye, 1.5, 0.34);
    const scene: Scene = {
      eye,
      target: [0.0, 0.12, 0],
      view: 0.62,
      solids: [
        floor(marble, 0),
        wall(plaster("#4a3a32"), 0.9),
        ...solids,
        ...bowl([-0.14, 0, -0.06], 0.13, 0.1, glaze("#3a3230"), cream, 0.74),
        ...brush([-0.2, 0.098, -0.07], [0.1, 0.16, -0.16], { color: tint("#2a170c"), shine: 0.5, gloss: 50 }, { color: tint("#e8d4b4"), soft: 0.3 }, 1.15),
        ...roller([0.2, 0, -0.26], -0.35),
        roll([-0.42, 0, 0.16], 0.07, 0.16, 0.5, terry()),
        folded([-0.46, 0, -0.1], 0.12, 0.07, 0.1, 0.3, linen("#d9cbb6"), 2),
        ...bottle([0.44, 0, 0.02], 0.042, 0.16, amber, { color: tint("#15110f"), shine: 0.4, gloss: 30 }),
      ],
      lamps: [
        { at: ring, light: tint("#ffe0bc", 2.6), size: 0.2 },
        { at: [-0.5, 1.2, 0.5], light: tint("#ffc48c", 0.9), size: 0.2 },
      ],
      above: tint("#8a6a54", 0.2),
      below: tint("#40302a", 0.12),
      air: tint("#120d0a", 0.5),
      clear: 0.97,
      far: 6,
      exposure: 1.15,
    };
    const spot = paintScene(b, scene);
    const at = spot(glass[0], glass[1], glass[2]);
    b.glow(at.x, at.y, at.size * 0.34, at.size * 0.34, "255 220 180", 0.22);
    b.finish(0.6);
  },
};
