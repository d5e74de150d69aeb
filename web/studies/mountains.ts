// The light study "Swiss Alps": a peak of snow and rock in the last light, hazy ranges, a lake, and a chalet with lit
// windows.

import type { Brush, Context, Study } from "./brush";
import { chance, rough } from "./brush";

/**
 * The outline of the peak on the left and on the right, from the tip to the foot: how far down, and how far out. The
 * tip bends over.
 */
const LEFT: [down: number, out: number][] = [
  [0, 0.07],
  [0.024, 0.034],
  [0.06, 0.006],
  [0.11, -0.014],
  [0.2, -0.05],
  [0.3, -0.078],
  [0.4, -0.128],
  [0.47, -0.142],
  [0.6, -0.218],
  [0.74, -0.33],
  [0.86, -0.43],
  [1, -0.6],
];
const RIGHT: [down: number, out: number][] = [
  [0, 0.07],
  [0.03, 0.076],
  [0.085, 0.064],
  [0.16, 0.104],
  [0.28, 0.146],
  [0.4, 0.166],
  [0.52, 0.24],
  [0.66, 0.3],
  [0.8, 0.42],
  [1, 0.62],
];
/** The ridge between the lit side and the shaded side. */
const RIDGE: [down: number, out: number][] = [
  [0, 0.07],
  [0.05, 0.04],
  [0.14, 0.042],
  [0.3, 0.022],
  [0.44, 0.056],
  [0.62, 0.026],
  [0.8, 0.09],
  [1, 0.07],
];

/** Returns how far out a line is at a distance from the top. */
function along(line: [number, number][], down: number): number {
  for (let one = 1; one < line.length; one += 1) {
    const from = line[one - 1];
    const to = line[one];
    if (from && to && down <= to[0]) return from[1] + ((to[1] - from[1]) * (down - from[0])) / (to[0] - from[0]);
  }
  return line.at(-1)?.[1] ?? 0;
}

function horn(b: Brush, x: number, top: number, foot: number): void {
  const { u } = b;
  const high = foot - top;
  const broken = [rough(31, 5, 0.55), rough(47, 5, 0.55), rough(59, 5, 0.55)] as const;
  const edge = (line: [number, number][], seed: (at: number) => number, down: number) =>
    x + u * (along(line, down) + seed(down * 9) * 0.014 * Math.min(1, down * 6));
  const trace = (c: Context, line: [number, number][], seed: (at: number) => number, isUp: boolean) => {
    for (let step = 0; step <= 140; step += 1) {
      const down = isUp ? 1 - step / 140 : step / 140;
      c.lineTo(edge(line, seed, down), top + high * down);
    }
  };
  const outline = (c: Context) => {
    trace(c, LEFT, broken[0], true);
    trace(c, RIGHT, broken[1], false);
  };
  const sunny = (c: Context) => {
    trace(c, LEFT, broken[0], true);
    trace(c, RIDGE, broken[2], false);
  };
  // Snow in the shade is blue. In the last light, it is warm at the tip and white beneath.
  b.shape(
    b.across(0, top, 0, foot, [
      [0, "#b9c3e2"],
      [0.5, "#8e9bc8"],
      [1, "#7e88b4"],
    ]),
    outline,
  );
  b.shape(
    b.across(0, top, 0, foot, [
      [0, "#ffc893"],
      [0.16, "#ffe2c4"],
      [0.5, "#fdf3ee"],
      [1, "#cfc6dc"],
    ]),
    sunny,
  );
  const next = chance(8);
  // Rock where it is too steep for snow: ribs that run down, and ledges between them.
  b.within(outline, () => {
    for (let one = 0; one < 150; one += 1) {
      const down = 0.05 + 0.9 * next() ** 0.9;
      const from = edge(LEFT, broken[0], down);
      const to = edge(RIGHT, broken[1], down);
      const ridge = edge(RIDGE, broken[2], down);
      const part = next();
      const at = from + (to - from) * part;
      const isLit = at < ridge;
      const long = u * (0.02 + 0.06 * next()) * (1.15 - down * 0.5);
      const wide = u * (0.004 + 0.01 * next()) * (0.6 + down);
      const lean = ((at - ridge) / (to - from)) * u * 0.09 + (next() - 0.5) * u * 0.012;
      const y = top + high * down;
      const deep = 0.35 + 0.45 * next();
      b.shape(`rgb(${isLit ? "142 104 104" : "58 66 104"} / ${deep * (1.05 - 0.55 * down)})`, (c) => {
        c.moveTo(at, y);
        c.lineTo(at + wide, y + long * 0.3);
        c.lineTo(at + wide * 0.5 + lean * 0.6, y + long * 0.66);
        c.lineTo(at + lean, y + long);
        c.lineTo(at - wide * 0.4 + lean * 0.5, y + long * 0.6);
        c.lineTo(at - wide, y + long * 0.34);
      });
    }
    // Thin slides of snow over the rock.
    for (let one = 0; one < 90; one += 1) {
      const down = 0.08 + 0.9 * next();
      const from = edge(LEFT, broken[0], down);
      const to = edge(RIGHT, broken[1], down);
      const ridge = edge(RIDGE, broken[2], down);
      const at = from + (to - from) * next();
      const lean = ((at - ridge) / (to - from)) * u * 0.12;
      const long = u * (0.03 + 0.05 * next());
      const y = top + high * down;
      b.shape(at < ridge ? "rgb(255 250 244 / 0.75)" : "rgb(176 188 226 / 0.6)", (c) => {
        c.moveTo(at, y);
        c.lineTo(at + lean + u * 0.006, y + long);
        c.lineTo(at + lean - u * 0.006, y + long * 0.9);
      });
    }
  });
  // Sunlight on the ridge and on the bent tip.
  b.within(outline, () => {
    b.line("rgb(255 250 240 / 0.85)", u * 0.004, (c) => {
      c.moveTo(x + u * 0.07, top);
      trace(c, RIDGE, broken[2], false);
    });
  });
}

/** Paints a fir. With `snow`, there is snow on its branches. */
function fir(b: Brush, x: number, foot: number, high: number, colour: string, seed: number, snow = ""): void {
  const tiers = 9;
  const next = chance(seed);
  const wide = Array.from({ length: tiers + 1 }, (_, tier) => [
    high * 0.2 * (tier / tiers) * (0.8 + 0.4 * next()),
    high * 0.2 * (tier / tiers) * (0.8 + 0.4 * next()),
  ]);
  const out = (tier: number, side: 0 | 1) => wide[tier]?.[side] ?? 0;
  const row = (tier: number) => foot - high * (1 - tier / tiers);
  b.shape(colour, (c) => {
    c.moveTo(x, foot - high);
    for (let tier = 1; tier <= tiers; tier += 1) {
      c.lineTo(x + out(tier, 1), row(tier) + high * 0.02);
      c.lineTo(x + out(tier, 1) * 0.45, row(tier) - high * 0.012);
    }
    c.lineTo(x, foot);
    for (let tier = tiers; tier >= 1; tier -= 1) {
      c.lineTo(x - out(tier, 0) * 0.45, row(tier) - high * 0.012);
      c.lineTo(x - out(tier, 0), row(tier) + high * 0.02);
    }
  });
  if (!snow) return;
  for (let tier = 1; tier <= tiers; tier += 1) {
    b.shape(snow, (c) => {
      c.moveTo(x, row(tier) - high * 0.1);
      c.lineTo(x - out(tier, 0) * 0.96, row(tier) + high * 0.014);
      c.quadraticCurveTo(x - out(tier, 0) * 0.4, row(tier) - high * 0.03, x + out(tier, 1) * 0.1, row(tier) - high * 0.05);
    });
  }
}

/** Paints a chalet of dark larch on a stone base: a broad roof under snow, a balcony, and lit windows. */
function chalet(b: Brush, x: number, foot: number, s: number): void {
  const X = (at: number) => x + s * at;
  const Y = (at: number) => foot - s * at;
  const wood = b.across(X(-0.36), 0, X(0.36), 0, [
    [0, "#6a3f26"],
    [0.5, "#54301d"],
    [1, "#2a1812"],
  ]);
  const front = (c: Context) => {
    c.moveTo(X(-0.36), Y(0));
    c.lineTo(X(-0.36), Y(0.4));
    c.lineTo(X(0), Y(0.64));
    c.lineTo(X(0.36), Y(0.4));
    c.lineTo(X(0.36), Y(0));
  };
  b.shape(wood, front);
  b.within(front, () => {
    for (let plank = 1; plank < 16; plank += 1) {
      b.line("rgb(20 8 4 / 0.4)", s * 0.006, (c) => {
        c.moveTo(X(-0.4), Y(plank * 0.042));
        c.lineTo(X(0.4), Y(plank * 0.042));
      });
    }
    b.shape("#6e6c7c", (c) => c.rect(X(-0.4), Y(0.16), s * 0.8, s * 0.16));
    const next = chance(4);
    for (let one = 0; one < 30; one += 1) {
      b.shape(`rgb(${70 + 60 * next()} ${70 + 56 * next()} ${88 + 56 * next()} / 0.8)`, (c) =>
        c.roundRect(X(-0.37 + (one % 10) * 0.075), Y(0.155 - Math.floor(one / 10) * 0.054), s * 0.068, s * 0.046, s * 0.012),
      );
    }
  });
  // Windows, each with its crossbar and its shutters.
  const window = (at: number, up: number, wide: number, high: number) => {
    b.shape("#1f4a38", (c) => c.rect(X(at - wide * 0.9), Y(up), s * wide * 1.8, s * high));
    b.shape(
      b.across(0, Y(up), 0, Y(up - high), [
        [0, "#fff0b8"],
        [1, "#ffb84e"],
      ]),
      (c) => c.rect(X(at - wide / 2), Y(up), s * wide, s * high),
    );
    b.line("#4a2a18", s * 0.011, (c) => {
      c.rect(X(at - wide / 2), Y(up), s * wide, s * high);
      c.moveTo(X(at), Y(up));
      c.lineTo(X(at), Y(up - high));
    });
  };
  window(0, 0.53, 0.085, 0.09);
  for (const at of [-0.21, 0, 0.21]) window(at, 0.39, 0.085, 0.13);
  for (const at of [-0.22, 0.22]) window(at, 0.13, 0.08, 0.085);
  b.shape("#2a1610", (c) => c.roundRect(X(-0.06), Y(0.145), s * 0.12, s * 0.145, [s * 0.03, s * 0.03, 0, 0]));
  // The balcony, its rail of posts, and snow along it.
  b.shape("#2c1710", (c) => c.rect(X(-0.43), Y(0.205), s * 0.86, s * 0.03));
  for (let post = 0; post <= 20; post += 1) b.shape("#7d4c2c", (c) => c.rect(X(-0.42 + post * 0.0415), Y(0.285), s * 0.015, s * 0.085));
  b.shape("#8d5732", (c) => c.rect(X(-0.43), Y(0.3), s * 0.86, s * 0.022));
  b.shape("#f4f2fb", (c) => c.roundRect(X(-0.435), Y(0.316), s * 0.87, s * 0.022, s * 0.011));
  // The roof and the snow on it.
  b.line("#24130d", s * 0.045, (c) => {
    c.moveTo(X(-0.5), Y(0.335));
    c.lineTo(X(0), Y(0.67));
    c.lineTo(X(0.5), Y(0.335));
  });
  b.shape("#4c4250", (c) => c.rect(X(0.17), Y(0.78), s * 0.085, s * 0.2));
  b.shape("#f4f2fb", (c) => c.roundRect(X(0.155), Y(0.8), s * 0.115, s * 0.035, s * 0.016));
  b.shape(
    b.across(X(-0.5), 0, X(0.5), 0, [
      [0, "#ffffff"],
      [0.5, "#f2f1fa"],
      [0.52, "#c6cbe6"],
      [1, "#9aa3cc"],
    ]),
    (c) => {
      c.moveTo(X(-0.53), Y(0.335));
      c.quadraticCurveTo(X(-0.56), Y(0.4), X(-0.49), Y(0.43));
      c.bezierCurveTo(X(-0.3), Y(0.56), X(-0.14), Y(0.68), X(-0.03), Y(0.755));
      c.quadraticCurveTo(X(0), Y(0.775), X(0.03), Y(0.755));
      c.bezierCurveTo(X(0.14), Y(0.68), X(0.3), Y(0.56), X(0.49), Y(0.43));
      c.quadraticCurveTo(X(0.56), Y(0.4), X(0.53), Y(0.335));
      c.lineTo(X(0), Y(0.69));
    },
  );
}

export const alps: Study = {
  name: "swiss-alps",
  alt: "A steep white peak in the last light above a mountain lake. On the snowy shore is a wooden chalet with lit windows.",
  paint(b) {
    const { w, h, u, m } = b;
    const lake = h * 0.76;
    b.fixed("land", (f) => {
      f.fade([
        [0, "#141c3a"],
        [0.3, "#34407a"],
        [0.52, "#7b78a6"],
        [0.68, "#d7a7a4"],
        [0.78, "#f4c9a6"],
      ]);
      f.stars(160, h * 0.42, 0.8);
      f.glow(m - u * 0.75, lake - u * 0.06, u * 0.9, u * 0.42, "255 176 120", 0.28);
      const far = rough(3);
      const ridge = (x: number) => lake - u * 0.17 - far((x / u) * 2.6) * u * 0.095;
      f.land(
        f.across(0, lake - u * 0.3, 0, lake - u * 0.05, [
          [0, "#d9d2e4"],
          [0.5, "#a9a4c8"],
          [1, "#9c98bd"],
        ]),
        ridge,
      );
      horn(f, m + u * 0.08, h * 0.07, lake);
      f.glow(m, lake - u * 0.05, u * 1.3, u * 0.12, "214 196 214", 0.3);
      const mid = rough(12);
      f.land(
        f.across(0, lake - u * 0.26, 0, lake, [
          [0, "#6a75a6"],
          [1, "#8f95bd"],
        ]),
        (x) => lake - u * 0.07 - Math.abs((x - m) / w) * u * 0.28 - mid((x / u) * 3.4) * u * 0.045,
      );
      // The shore under snow.
      const low = rough(22, 3);
      const shore = (x: number) => lake - u * 0.016 - Math.abs((x - m) / w) ** 1.4 * u * 0.26 - Math.abs(low((x / u) * 2)) * u * 0.016;
      const next = chance(5);
      for (let one = 0; one < 170; one += 1) {
        const x = next() * w;
        const size = u * (0.03 + 0.045 * next());
        const shade = 10 * next();
        fir(f, x, shore(x) + u * 0.01, size, `rgb(${26 + shade} ${32 + shade} ${58 + shade})`, one, "rgb(214 218 240 / 0.55)");
      }
      f.land(
        f.across(0, lake - u * 0.17, 0, lake, [
          [0, "#b7bddd"],
          [0.6, "#8f98c4"],
          [1, "#5d6699"],
        ]),
        shore,
      );
      // One house with lit windows.
      const home = { x: m - u * 0.4, y: lake - u * 0.032, s: u * 0.27 };
      f.blur(u * 0.02, "rgb(40 44 90 / 0.6)", (c) => c.ellipse(home.x + u * 0.03, home.y + u * 0.004, u * 0.15, u * 0.012, 0, 0, 7));
      for (const [at, size, seed] of [
        [-0.19, 0.2, 31],
        [-0.145, 0.15, 32],
        [0.15, 0.17, 33],
        [0.19, 0.12, 34],
      ] as const) {
        fir(f, home.x + u * at, home.y + u * 0.004, u * size, "#1d2648", seed, "rgb(222 226 246 / 0.7)");
      }
      chalet(f, home.x, home.y, home.s);
      f.shape("#8f98c4", (c) => c.ellipse(home.x, home.y + u * 0.003, u * 0.12, u * 0.008, 0, 0, 7));
      f.glow(home.x, home.y - u * 0.07, u * 0.2, u * 0.14, "255 178 80", 0.36);
      f.glow(home.x, home.y + u * 0.012, u * 0.15, u * 0.018, "255 180 90", 0.34);
    });
    b.mirror(lake, { calm: 2.4, dim: 0.86, tint: "14 18 44", warm: "196 202 236" });
    b.glow(m, lake, u * 1.3, u * 0.008, "255 226 210", 0.3);
    // Smoke from the chimney.
    b.steam(m - u * 0.343, lake - u * 0.24, u * 0.035, u * 0.17, "210 206 226", 0.13, 3);
    for (const [x, size, seed] of [
      [-0.02, 0.44, 3],
      [0.99, 0.56, 6],
      [0.93, 0.4, 7],
    ] as const) {
      fir(b, w * x, h + u * 0.02, u * size, "#0a0e1e", seed, "rgb(120 130 180 / 0.2)");
    }
    b.finish(0.45, 0.012);
  },
};
