// Light studies of treatment rooms: cedar, slate, linen, daylight, and one for two.

import type { Study } from "./brush";
import { beside, boards, bottle, brass, candle, couch, folded, leather, linen, plaster, roll, stool, terry, wood } from "./props";
import type { Matter, Scene, Solid, Vec } from "./model";
import { tint } from "./render";
import { flameAt, paintScene } from "./scene";
import { bar, box, cloudy, drum, floor, mix, norm2, solid, stood, wall } from "./solids";

const walnut = wood("#1d0f07", "#4a2a14", 0);
const slate: Matter = {
  color: (x, y, z) => mix(tint("#1d2124"), tint("#3a4044"), 0.5 + cloudy(x * 1.2, y * 9, z * 1.2, 5)),
  shine: 0.14,
  gloss: 30,
  relief: (x, y, z) => 0.006 * cloudy(x * 3, y * 16, z * 3, 3),
  grain: 0.01,
};
/** Returns the material of a solid that emits light. */
const lit = (hex: string, strength: number): Matter => ({ color: tint("#ffffff"), glow: tint(hex, strength) });

export const cedarRoom: Study = {
  name: "cedar-room",
  alt: "A small cedar room. Light from under a long bench climbs the boards behind a massage table made up with linen.",
  paint(b) {
    const at: Vec = [0.05, 0, 0.5];
    const scene: Scene = {
      eye: [0, 1.0, -2.9],
      target: [0, 0.92, 0.3],
      view: 0.68,
      solids: [
        floor(wood("#1a0f08", "#3a2314", 0, 0.2), 0),
        boards(wood("#4a2814", "#a8683a", 1), 1.7, 0.24, 0.014),
        solid(wood("#5a3118", "#b8753f", 0), (x, y, z) => box(x, y - 0.44, z - 1.5, 3, 0.035, 0.24, 0.01), undefined, true),
        ...couch(at, -0.04, leather("#3a3029"), linen(), walnut),
        folded(beside(at, 0, 0.1, 0.72, 0), 0.17, 0.13, 0.12, 0.1, terry(), 3),
        roll(beside(at, 0, -0.56, 0.72, 0), 0.075, 0.26, Math.PI / 2, terry()),
        ...bottle([-1.25, 0.475, 1.46], 0.05, 0.2, { color: tint("#4a2408"), shine: 0.6, gloss: 60 }),
        folded([1.28, 0.475, 1.46], 0.16, 0.14, 0.12, 0.1, terry(), 3),
      ],
      lamps: [
        ...[-1.8, -0.6, 0.6, 1.8].map((x) => ({ at: [x, 0.3, 1.6] as Vec, light: tint("#ff9f55", 0.42), size: 0.12, shadows: false, haze: 0.002 })),
        ...[-1.2, 0, 1.2].map((x) => ({ at: [x, 0.62, 1.55] as Vec, light: tint("#ffa860", 0.18), size: 0.14, shadows: false })),
        { at: [-0.4, 2.6, -0.8], light: tint("#ffdcb8", 4.4), size: 0.3, toward: [0, 0.6, 0.5], cone: [0.9, 0.7] },
      ],
      above: tint("#8a6040", 0.14),
      below: tint("#6a4020", 0.16),
      air: tint("#1a0f08", 0.5),
      clear: 0.98,
      far: 9,
      exposure: 1.2,
    };
    paintScene(b, scene);
    b.finish(0.6);
  },
};

export const slateCorner: Study = {
  name: "slate-corner",
  alt: "A corner of dark slate. Steam drifts past a rain shower in a lit alcove, with a massage table at the edge of the light.",
  paint(b) {
    const at: Vec = [0.22, 0, 0.4];
    const turn = -0.42;
    const head: Vec = [-0.82, 1.92, 1.62];
    const scene: Scene = {
      eye: [0.1, 1.2, -2.9],
      target: [0, 0.92, 0.3],
      view: 0.7,
      solids: [
        floor({ ...slate, mirror: 0.06 }, 0),
        wall(slate, 2.2),
        solid(slate, (x, y, z) => box(x + 0.02, y - 1.3, z - 1.7, 0.05, 1.4, 0.55, 0.01), [-0.02, 1.3, 1.7, 1.6]),
        solid(slate, (x) => x + 1.75, undefined, false),
        ...couch(at, turn, leather("#2c2a29"), linen("#d8d6d0"), walnut),
        folded(beside(at, turn, 0.0, 0.72, 0), 0.17, 0.13, 0.12, turn + 0.1, terry("#e6e4de"), 3),
        stood(brass, (x, y, z) => Math.min(drum(x, y, z, 0.16, 0.014, 0.008), bar(x, y, z, 0, 0, 0, 0, 0.7, 0, 0.012)), head, 0.8),
        solid(lit("#cfe6f4", 2.6), (x, y, z) => box(x + 0.9, y - 2.36, z - 2.17, 0.7, 0.02, 0.02), [-0.9, 2.36, 2.17, 0.8], false),
      ],
      lamps: [
        { at: [-0.9, 2.3, 1.9], light: tint("#cfe4f2", 2.2), size: 0.2, haze: 0.012 },
        { at: [-0.9, 0.3, 1.7], light: tint("#a8c8dc", 0.3), size: 0.2, haze: 0.01 },
        { at: [1.6, 2.2, -1.2], light: tint("#ffcf9c", 5), size: 0.3, toward: [0.4, 0.6, 0.4], cone: [0.93, 0.7] },
      ],
      above: tint("#4a5a64", 0.14),
      below: tint("#20282c", 0.1),
      air: tint("#0b1013", 0.7),
      clear: 0.97,
      far: 10,
      exposure: 1.25,
    };
    const spot = paintScene(b, scene);
    // Water from the shower head, and its steam.
    b.blend("lighter", 1, () => {
      for (let one = 0; one < 46; one += 1) {
        const turned = one * 2.4;
        const far = 0.15 * Math.sqrt(one / 46);
        const [x, z] = [head[0] + Math.cos(turned) * far, head[2] + Math.sin(turned) * far];
        const from = spot(x, head[1] - 0.02 - 0.3 * ((one * 0.37) % 1), z);
        const to = spot(x, head[1] - 0.6 - 1.2 * ((one * 0.61) % 1), z);
        b.line(`rgb(214 236 248 / ${0.1 + 0.16 * ((one * 0.53) % 1)})`, b.u * 0.0014, (c) => {
          c.moveTo(from.x, from.y);
          c.lineTo(to.x, to.y);
        });
      }
    });
    const low = spot(-0.85, 0.1, 1.5);
    b.steam(low.x, low.y, low.size * 0.9, low.size * 1.4, "206 226 238", 0.12, 5);
    b.steam(low.x + low.size * 0.5, low.y + low.size * 0.1, low.size * 1.2, low.size * 0.7, "196 214 226", 0.07, 8);
    b.finish(0.6);
  },
};

export const linenRoom: Study = {
  name: "linen-room",
  alt: "A room hung with pale linen. Soft light comes through the cloth onto a low bed with a folded blanket.",
  paint(b) {
    const drape = (x: number, y: number, z: number) => {
      const fall = 0.05 * Math.sin(x * 13 + 0.8 * Math.sin(y * 1.3)) + 0.025 * Math.sin(x * 29 + 2 + 0.5 * y) + 0.01 * Math.sin(x * 61);
      return (1.5 - z + fall) * 0.6;
    };
    const bed: Solid[] = [
      solid(linen("#f2ebdd"), (x, y, z) => {
        const rise = 0.2 * Math.max(0, x - 0.28) ** 1.4;
        return box(x, y - 0.55 - rise, z - 0.5, 0.95, 0.09, 0.36, 0.07) * 0.8;
      }, [0, 0.6, 0.5, 1.15]),
      solid(wood("#6a5238", "#b8986c", 0), (x, y, z) => box(x, y - 0.22, z - 0.5, 0.7, 0.22, 0.26, 0.02), [0, 0.22, 0.5, 0.85]),
      roll([0.76, 0.7, 0.5], 0.075, 0.24, Math.PI / 2, linen("#f6f0e4")),
      folded([-0.5, 0.63, 0.5], 0.2, 0.09, 0.3, 0.02, linen("#cdb894"), 3),
    ];
    const scene: Scene = {
      eye: [-0.3, 1.15, -2.5],
      target: [0, 0.72, 0.4],
      view: 0.66,
      solids: [
        floor(wood("#3a2c1e", "#6a5238", 0, 0.1), 0),
        solid({ color: tint("#efe6d4", 0.8), soft: 0.5 }, drape, undefined, false),
        ...bed,
        ...stool([-1.2, 0, 0.4], 0.2, 0.48, wood("#6a5238", "#b8986c", 0)),
        stood({ color: tint("#d9cdb8"), soft: 0.3 }, (x, y, z) => norm2(drum(x, y - 0.09, z, 0.07, 0.09, 0.06), 0) - 0.001, [-1.2, 0.48, 0.4], 0.3),
      ],
      lamps: [
        { at: [-0.9, 1.9, 1.1], light: tint("#ffe9cc", 0.9), size: 0.4, shadows: false },
        { at: [1.0, 1.9, 1.1], light: tint("#ffe9cc", 0.9), size: 0.4, shadows: false },
        { at: [-0.6, 2.4, -0.4], light: tint("#fff0dc", 1.6), size: 0.4 },
      ],
      above: tint("#d8c8b0", 0.2),
      below: tint("#8a745a", 0.16),
      air: tint("#2a2118", 0.5),
      clear: 0.98,
      far: 8,
      exposure: 1.0,
    };
    paintScene(b, scene);
    b.finish(0.62);
  },
};

export const northLight: Study = {
  name: "north-light",
  alt: "Cool daylight from one tall window falls across a reclining bed. A round lamp and a mirror stand beside it.",
  paint(b) {
    const x0 = -0.75;
    const frame = (x: number, y: number, z: number) => {
      const [px, py] = [Math.abs(x - x0), y - 1.35];
      const outer = Math.max(box(px, py, z - 1.9, 0.56, 1.06, 0.06), -box(px, py, z - 1.9, 0.5, 1.0, 0.2));
      return Math.min(outer, box(px, py, z - 1.9, 0.014, 1.0, 0.03), box(px, Math.abs(py) - 0.34, z - 1.9, 0.5, 0.014, 0.03));
    };
    const chair: Solid[] = [
      solid(leather("#d9d4c8"), (x, y, z) => {
        const seat = box(x - 0.25, y - 0.58, z - 0.3, 0.28, 0.06, 0.28, 0.05);
        const [bx, by] = [x - 0.78, y - 0.74];
        const back = box(bx * 0.9 + by * 0.42, by * 0.9 - bx * 0.42, z - 0.3, 0.36, 0.055, 0.28, 0.05);
        const [lx, ly] = [x + 0.3, y - 0.5];
        const legs = box(lx * 0.96 + ly * 0.26, ly * 0.96 - lx * 0.26, z - 0.3, 0.34, 0.05, 0.26, 0.045);
        return Math.min(seat, back, legs) * 0.95;
      }, [0.3, 0.6, 0.3, 1.0]),
      solid({ color: tint("#8c9298", 0.4), shine: 0.5, gloss: 40 }, (x, y, z) => Math.min(drum(x - 0.25, y - 0.26, z - 0.3, 0.07, 0.26, 0.02), drum(x - 0.25, y - 0.02, z - 0.3, 0.32, 0.02, 0.012)), [0.25, 0.26, 0.3, 0.45]),
      roll([1.0, 0.93, 0.3], 0.06, 0.17, Math.PI / 2, linen("#efe8da")),
    ];
    const hoop: Vec = [0.72, 1.5, 0.2];
    const scene: Scene = {
      eye: [0.1, 1.2, -2.7],
      target: [0.05, 0.92, 0.3],
      view: 0.7,
      solids: [
        floor(wood("#1c1916", "#3a342d", 0, 0.2), 0),
        wall(plaster("#5a6066"), 1.9),
        solid({ color: tint("#2a2d30") }, frame, [x0, 1.35, 1.9, 1.3], false),
        solid(lit("#cfe0f0", 0.9), (x, y, z) => box(x - x0, y - 1.35, z - 1.9, 0.5, 1.0, 0.02), [x0, 1.35, 1.9, 1.15], false),
        ...chair,
        stood(lit("#f4f8ff", 3), (x, y, z) => norm2(norm2(x, z * 0.6 + y * 0.8) - 0.16, y * 0.6 - z * 0.8) - 0.014, hoop, 0.2, 0, false),
        solid({ color: tint("#a0a6ac", 0.4), shine: 0.6, gloss: 40 }, (x, y, z) => Math.min(bar(x, y, z, 0.88, 1.5, 0.2, 1.25, 1.62, 0.4, 0.011), bar(x, y, z, 1.25, 1.62, 0.4, 1.3, 0, 0.5, 0.013), drum(x - 1.3, y - 0.015, z - 0.5, 0.17, 0.015, 0.01)), [1.15, 0.85, 0.4, 0.95]),
        stood({ color: tint("#12161a"), mirror: 0.7 }, (x, y, z) => norm2(Math.max(norm2(x, y) - 0.2, 0), Math.max(Math.abs(z) - 0.008, 0)) - 0.003, [0.18, 1.5, 1.86], 0.24, 0, false),
        stood(brass, (x, y, z) => norm2(norm2(x, y) - 0.205, z) - 0.012, [0.18, 1.5, 1.85], 0.24, 0, false),
      ],
      lamps: [
        { at: [x0, 1.8, 1.72], light: tint("#cfe2f6", 1.3), size: 0.35, haze: 0.006 },
        { at: [x0, 0.9, 1.72], light: tint("#cfe2f6", 1.3), size: 0.35 },
        { at: hoop, light: tint("#f4f8ff", 0.26), size: 0.12 },
      ],
      above: tint("#7a8894", 0.14),
      below: tint("#3a3a3a", 0.12),
      air: tint("#101418", 0.6),
      clear: 0.97,
      far: 9,
      exposure: 1.2,
    };
    paintScene(b, scene);
    b.finish(0.6);
  },
};

export const duetRoom: Study = {
  name: "duet-room",
  alt: "Two massage tables side by side in the dark, in front of a wall of soft violet and rose light. Candles stand on a low stool between them.",
  paint(b) {
    const tables = [-0.62, 0.62].flatMap((x) => {
      const at: Vec = [x, 0, 0.55];
      const turn = -Math.PI / 2 + x * 0.12;
      return [
        ...couch(at, turn, leather("#3a3029"), linen("#efe4d6"), walnut),
        folded(beside(at, turn, -0.05, 0.72, 0), 0.15, 0.11, 0.12, turn, terry(), 3),
        roll(beside(at, turn, -0.6, 0.72, 0), 0.075, 0.25, turn + Math.PI / 2, terry()),
      ];
    });
    const glow: Matter = {
      color: (x, y, z) => {
        const drift = 0.5 + 0.9 * cloudy(x * 0.5 + 3, y * 0.9 - x * 0.25, 2, 4);
        void z;
        return mix(mix(tint("#2a1c4a"), tint("#a8607c"), drift), tint("#e0a080"), Math.max(0, 0.8 - y * 0.7));
      },
    };
    const scene: Scene = {
      eye: [0, 1.62, -2.6],
      target: [0, 0.66, 0.4],
      view: 0.7,
      solids: [
        floor({ ...wood("#120c10", "#241a22", 2, 0.2), mirror: 0.08 }, 0),
        wall(glow, 2.6),
        ...tables,
        ...stool([0, 0, 0.5], 0.17, 0.46, walnut),
        candle([-0.05, 0.46, 0.48], 0.034, 0.12),
        candle([0.05, 0.46, 0.52], 0.034, 0.08),
      ],
      lamps: [
        ...[-1.5, 0, 1.5].map((x) => ({ at: [x, 1.3, 2.1] as Vec, light: tint(x === 0 ? "#ffb0a0" : "#a890d0", 0.95), size: 0.5, shadows: x === 0 })),
        { at: [0, 2.7, -0.4], light: tint("#ffd0b0", 2.6), size: 0.3 },
        { at: [0, 0.68, 0.48], light: tint("#ff9c4a", 0.1), size: 0.04 },
      ],
      above: tint("#7a5a7a", 0.12),
      below: tint("#40283a", 0.12),
      air: tint("#120a14", 0.6),
      clear: 0.98,
      far: 9,
      exposure: 1.15,
    };
    const spot = paintScene(b, scene);
    flameAt(b, spot(-0.05, 0.58, 0.48), 0.075);
    flameAt(b, spot(0.05, 0.54, 0.52), 0.075);
    b.finish(0.6);
  },
};
