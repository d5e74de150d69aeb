// The light study of Coresync Private: a sunken bath for two in a room of warm stone, with candles on its edge and two
// robes.

import type { Study } from "./brush";
import { chance } from "./brush";
import { candle, flute, folded, linen, plaster, robe, terry, water } from "./props";
import type { Matter, Scene, Solid, Vec } from "./model";
import { tint } from "./render";
import { flameAt, paintScene } from "./scene";
import { cloudy, cut, drum, floor, mix, norm2, solid } from "./solids";

/** Stone in a dusky color. */
const stone: Matter = {
  color: (x, y, z) => mix(tint("#5c4942"), tint("#83695f"), 0.5 + cloudy(x * 3, y * 3, z * 3, 5)),
  shine: 0.1,
  gloss: 24,
  relief: (x, y, z) => 0.003 * cloudy(x * 14, y * 14, z * 14, 3),
  grain: 0.01,
};

/** The position and the size of the bath. */
const BATH = { x: 0, z: 0.35, rx: 1.05, rz: 0.8, top: 0.3 };

/** Returns a stone plinth with a round basin in it. */
function bath(): Solid[] {
  const { x: cx, z: cz, rx, rz, top } = BATH;
  const across = (x: number, y: number, z: number, r: number, half: number, round: number) => drum((x - cx) / rx, y, (z - cz) / rz, r, half, round) * rz;
  const rim = (x: number, y: number, z: number) => cut(across(x, y - top / 2, z, 1.22, top / 2, 0.03), across(x, y - top, z, 1, 0.16, 0.03), 0.03) * 0.8;
  const pool = (_x: number, y: number) => y - top + 0.07;
  return [
    solid(stone, rim, [cx, top / 2, cz, 1.4]),
    { matter: water("#101314", 0.7), distance: (x, y, z) => Math.max(pool(x, y), across(x, y, z, 1.02, 1, 0)), around: [cx, 0, cz, 1.2], casts: false },
  ];
}

/** Returns a wall with a niche under an arch. */
function niche(matter: Matter, z: number, half: number, rise: number, deep: number): Solid {
  return solid(
    matter,
    (x, y, pz) => {
      const hole = Math.max(norm2(Math.max(Math.abs(x) - 0, 0), Math.max(y - rise, 0)) - half, z - pz - 0.5, pz - z - deep);
      return cut(z - pz, hole, 0.02) * 0.9;
    },
    undefined,
    false,
  );
}

export const privately: Study = {
  name: "private",
  alt: "A round bath set in warm stone, lit by candles, with petals on the water and steam above it. Two robes hang side by side under an arch.",
  paint(b) {
    const isTall = b.h > b.w;
    const { x: cx, z: cz, rx, rz, top } = BATH;
    const on = (turn: number, far = 1.1): Vec => [cx + Math.cos(turn) * rx * far, top, cz + Math.sin(turn) * rz * far];
    const wicks: [turn: number, far: number, high: number, r: number][] = [
      [2.66, 1.1, 0.16, 0.036],
      [2.5, 1.12, 0.1, 0.036],
      [2.86, 1.11, 0.08, 0.034],
      [0.42, 1.11, 0.13, 0.036],
      [0.6, 1.12, 0.08, 0.036],
      [1.25, 1.11, 0.07, 0.032],
      [1.9, 1.11, 0.1, 0.034],
      [-0.5, 1.1, 0.07, 0.034],
      [-2.55, 1.1, 0.06, 0.034],
    ];
    const candles = wicks.map(([turn, far, high, r]) => candle(on(turn, far), r, high));
    const drink: Matter = { color: tint("#e0b070", 0.5), shine: 0.8, gloss: 90, glow: tint("#e8b060", 0.22) };
    const edge: Matter = { color: tint("#c89a58", 0.6), shine: 1, gloss: 60, glow: tint("#e8b060", 0.1) };
    const scene: Scene = {
      eye: [0, 1.3, -3.0],
      target: [0, isTall ? 0.8 : 0.74, 0.2],
      view: 0.74,
      solids: [
        floor(stone, 0),
        niche(plaster("#74574e"), 1.75, 0.95, 1.06, 0.36),
        ...bath(),
        ...candles,
        ...robe([-0.4, 0.42, 1.95], 0.06, terry("#f0e6da"), linen("#cdb6a4")),
        ...robe([0.4, 0.42, 1.95], -0.06, terry("#e7d6c6"), linen("#b99f8c")),
        ...flute(on(-1.2, 1.1), 0.2, drink, edge),
        ...flute(on(-1.36, 1.12), 0.2, drink, edge),
        folded([on(-2.1, 1.1)[0], top, on(-2.1, 1.1)[2]], 0.14, 0.1, 0.1, 0.3, terry("#efe4d8"), 3),
      ],
      lamps: [
        { at: [0, 1.95, 1.5], light: tint("#ffc6a0", 0.8), size: 0.2, toward: [0, 0.6, 2.0], cone: [0.7, 0.2] },
        { at: [cx - rx * 1.0, top + 0.22, cz + 0.3], light: tint("#ffa468", 0.34), size: 0.08, haze: 0.006 },
        { at: [cx + rx * 1.0, top + 0.2, cz + 0.32], light: tint("#ffa468", 0.34), size: 0.08, haze: 0.006 },
        { at: [-1.2, 2.2, -1.6], light: tint("#ffc0a8", 2.0), size: 0.4 },
      ],
      above: tint("#8a5a58", 0.14),
      below: tint("#5a3028", 0.12),
      air: tint("#1a0d0c", 0.6),
      clear: 0.975,
      far: 10,
      exposure: 1.35,
      share: 0.5,
    };
    const spot = paintScene(b, scene);
    const next = chance(31);
    for (let one = 0; one < 26; one += 1) {
      const turn = next() * 6.283;
      const far = 0.2 + 0.68 * Math.sqrt(next());
      const at = spot(cx + Math.cos(turn) * rx * far, top - 0.068, cz + Math.sin(turn) * rz * far);
      const size = at.size * (0.012 + 0.01 * next());
      const light = 0.6 + 0.4 * next();
      b.shape("rgb(20 6 6 / 0.5)", (c) => c.ellipse(at.x + size * 0.2, at.y + size * 0.25, size, size * 0.36, 0, 0, 7));
      b.shape(`rgb(${200 * light} ${84 * light} ${84 * light})`, (c) => c.ellipse(at.x, at.y, size, size * 0.4, next() - 0.5, 0, 7));
    }
    for (const [turn, far, high] of wicks) {
      const [x, y, z] = on(turn, far);
      flameAt(b, spot(x, y + high, z), 0.07, 0.8);
    }
    const middle = spot(cx, top, cz + 0.1);
    b.steam(middle.x, middle.y, middle.size * 1.7, middle.size * 0.8, "255 214 196", 0.13, 4);
    b.finish(0.6);
  },
};
