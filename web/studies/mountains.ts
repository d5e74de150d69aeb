// Swiss Alps: a horn of rock in the last light, ranges in the haze, a lake, one lit window among firs.

import type { Brush, Study } from "./brush";
import { chance, rough } from "./brush";

function horn(b: Brush, x: number, top: number, foot: number): void {
  const { u } = b;
  const left = rough(31, 6, 0.55);
  const right = rough(47, 6, 0.55);
  const high = foot - top;
  // Steep at the head, leaning a little, broad at the foot.
  const edge = (side: number, part: number, seed: (at: number) => number) =>
    x + u * 0.018 * (1 - part) + side * (u * 0.46 * part ** 1.45 + u * 0.035 * part ** 0.4) + seed(part * 7) * u * 0.018;
  const outline = (c: CanvasRenderingContext2D) => {
    c.moveTo(edge(-1, 1, left), foot);
    for (let part = 1; part >= 0; part -= 0.012) c.lineTo(edge(-1, part, left), top + high * part);
    for (let part = 0; part <= 1; part += 0.012) c.lineTo(edge(1, part, right), top + high * part);
  };
  b.shape(
    b.across(0, top, 0, foot, [
      [0, "#7d7f9b"],
      [0.6, "#555e80"],
      [1, "#4a5578"],
    ]),
    outline,
  );
  // The side that the sun still finds.
  const crest = (part: number) => x + u * (0.01 + 0.1 * part) + left(part * 5 + 9) * u * 0.028;
  b.within(outline, () => {
    b.shape(
      b.across(0, top, 0, foot, [
        [0, "#ffd9b0"],
        [0.25, "#f7ab80"],
        [0.6, "#c97f7c"],
        [1, "#7c6a88"],
      ]),
      (c) => {
        c.moveTo(x, top - 9);
        for (let part = 0; part <= 1; part += 0.01) c.lineTo(crest(part), top + high * part);
        c.lineTo(x - u, foot);
        c.lineTo(x - u, top);
      },
    );
    // Couloirs: snow and rock, line by line.
    const next = chance(8);
    for (let one = 0; one < 190; one += 1) {
      const part = 0.06 + 0.94 * next();
      const y = top + high * part;
      const from = edge(-1, part, left);
      const to = edge(1, part, right);
      const at = from + (to - from) * next();
      const lit = at < crest(part);
      const long = u * (0.02 + 0.075 * next());
      const lean = (at - x) * 0.24 + (next() - 0.5) * u * 0.02;
      const dark = next() > 0.48;
      const colour = lit ? (dark ? "118 66 66" : "255 236 216") : dark ? "38 44 70" : "150 158 190";
      b.shape(`rgb(${colour} / ${0.1 + 0.3 * next()})`, (c) => {
        c.moveTo(at, y);
        c.lineTo(at + lean + u * 0.004, y + long);
        c.lineTo(at + lean - u * (0.004 + 0.016 * next()), y + long * (0.8 + 0.3 * next()));
      });
    }
  });
}

function fir(b: Brush, x: number, foot: number, high: number, colour: string, seed: number): void {
  const next = chance(seed);
  b.shape(colour, (c) => {
    c.moveTo(x, foot - high);
    const tiers = 9;
    for (let tier = 1; tier <= tiers; tier += 1) {
      const part = tier / tiers;
      const wide = high * 0.2 * part * (0.8 + 0.4 * next());
      c.lineTo(x + wide, foot - high * (1 - part) + high * 0.02);
      c.lineTo(x + wide * 0.45, foot - high * (1 - part) - high * 0.012);
    }
    c.lineTo(x, foot);
    for (let tier = tiers; tier >= 1; tier -= 1) {
      const part = tier / tiers;
      const wide = high * 0.2 * part * (0.8 + 0.4 * next());
      c.lineTo(x - wide * 0.45, foot - high * (1 - part) - high * 0.012);
      c.lineTo(x - wide, foot - high * (1 - part) + high * 0.02);
    }
  });
}

export const alps: Study = {
  name: "swiss-alps",
  alt: "A steep snowy peak in the last red light above a mountain lake, with firs and one lit window on the shore.",
  paint(b) {
    const { w, h, u, m } = b;
    const lake = h * 0.74;
    b.fixed("land", (f) => {
      f.fade([
        [0, "#141c3a"],
        [0.3, "#3a4470"],
        [0.52, "#8c7590"],
        [0.68, "#e2a183"],
        [0.76, "#f4c79c"],
      ]);
      f.stars(160, h * 0.42, 0.8);
      f.glow(m - u * 0.75, lake - u * 0.06, u * 0.9, u * 0.42, "255 176 120", 0.32);
      const far = rough(3);
      f.land("#9d86a0", (x) => lake - u * 0.16 - far((x / u) * 2.6) * u * 0.085);
      horn(f, m + u * 0.05, h * 0.12, lake);
      f.glow(m, lake - u * 0.05, u * 1.3, u * 0.13, "226 190 190", 0.34);
      const mid = rough(12);
      f.land(
        f.across(0, lake - u * 0.26, 0, lake, [
          [0, "#4b4f77"],
          [1, "#6f6c8d"],
        ]),
        (x) => lake - u * 0.085 - Math.abs((x - m) / w) * u * 0.3 - mid((x / u) * 3.4) * u * 0.055,
      );
      const low = rough(22);
      const shore = (x: number) => lake - u * 0.012 - Math.abs((x - m) / w) ** 1.5 * u * 0.34 - Math.abs(low((x / u) * 4)) * u * 0.02;
      f.land("#232945", shore);
      const next = chance(5);
      for (let one = 0; one < 190; one += 1) {
        const x = next() * w;
        const size = u * (0.022 + 0.034 * next());
        fir(f, x, shore(x) + u * 0.012, size, `rgb(${20 + 10 * next()} ${24 + 10 * next()} ${44 + 10 * next()})`, one);
      }
      // One house, and somebody home.
      const x = m - u * 0.36;
      const y = lake - u * 0.004;
      f.shape("#0d1020", (c) => {
        c.moveTo(x - u * 0.055, y);
        c.lineTo(x - u * 0.055, y - u * 0.034);
        c.lineTo(x - u * 0.068, y - u * 0.03);
        c.lineTo(x, y - u * 0.078);
        c.lineTo(x + u * 0.068, y - u * 0.03);
        c.lineTo(x + u * 0.055, y - u * 0.034);
        c.lineTo(x + u * 0.055, y);
      });
      for (const at of [-0.03, 0.006]) {
        f.shape("#ffd27a", (c) => c.rect(x + u * at, y - u * 0.032, u * 0.022, u * 0.018));
      }
      f.glow(x - u * 0.004, y - u * 0.024, u * 0.12, u * 0.09, "255 178 80", 0.6);
    });
    b.mirror(lake, { calm: 2.4, dim: 0.86, tint: "14 18 40", warm: "205 206 232" });
    b.glow(m, lake, u * 1.3, u * 0.01, "255 220 200", 0.35);
    for (const [x, size, seed] of [
      [-0.02, 0.5, 3],
      [0.05, 0.36, 4],
      [0.99, 0.56, 6],
      [0.93, 0.4, 7],
    ] as const) {
      fir(b, w * x, h + u * 0.02, u * size, "#070a16", seed);
    }
    b.finish(0.45);
  },
};
