// The light study "Ocean Waves": a wave just before it breaks, with the low sun behind it shining green through it.

import type { Brush, Study } from "./brush";
import { chance, rough, thin } from "./brush";

function swell(b: Brush, y: number, size: number, colour: string, rim: string, seed: number): void {
  const line = rough(seed, 5, 0.5);
  const height = (x: number) => y - line((x / b.u) * 1.7 + b.t * 0.03) * size;
  b.land(colour, height);
  b.line(rim, Math.max(0.7, b.u * 0.0016), (c) => {
    for (let x = 0; x <= b.w; x += 6) {
      if (x === 0) c.moveTo(x, height(x));
      else c.lineTo(x, height(x));
    }
  });
}

function breaker(b: Brush): void {
  const { u, w, m, h } = b;
  const foot = h * 0.86;
  const crest = foot - u * 0.5;
  const x = m + u * 0.12;
  // The body: a long back at the left, and a crest that leans and curls to the right.
  const body = (c: CanvasRenderingContext2D) => {
    c.moveTo(-9, h + 9);
    c.lineTo(-9, foot - u * 0.1);
    c.bezierCurveTo(x - u * 0.9, foot - u * 0.1, x - u * 0.62, crest + u * 0.04, x - u * 0.2, crest);
    c.bezierCurveTo(x - u * 0.04, crest - u * 0.018, x + u * 0.12, crest + u * 0.03, x + u * 0.19, crest + u * 0.14);
    c.bezierCurveTo(x + u * 0.1, crest + u * 0.08, x + u * 0.0, crest + u * 0.1, x - u * 0.03, crest + u * 0.24);
    c.bezierCurveTo(x - u * 0.03, crest + u * 0.4, x + u * 0.14, foot - u * 0.02, x + u * 0.44, foot);
    c.lineTo(w + 9, foot + u * 0.02);
    c.lineTo(w + 9, h + 9);
  };
  b.shape(
    b.across(0, crest, 0, foot + u * 0.1, [
      [0, "#7fd6b8"],
      [0.16, "#2f9f94"],
      [0.42, "#0f6270"],
      [0.75, "#0a3a4e"],
      [1, "#072536"],
    ]),
    body,
  );
  b.within(body, () => {
    // Sunlight through the thin part.
    b.glow(x - u * 0.12, crest + u * 0.1, u * 0.42, u * 0.2, "110 230 180", 0.36);
    b.glow(x - u * 0.06, crest + u * 0.03, u * 0.22, u * 0.06, "255 236 170", 0.34);
    // Streaks of water that rise side by side from the trough to the crest.
    const next = chance(6);
    const top = (part: number) => {
      // The crest from the long back to the lip.
      const p = part;
      const q = 1 - p;
      return {
        x: q ** 3 * (x - u * 0.95) + 3 * q * q * p * (x - u * 0.62) + 3 * q * p * p * (x - u * 0.3) + p ** 3 * (x + u * 0.1),
        y: q ** 3 * (foot - u * 0.09) + 3 * q * q * p * (crest + u * 0.12) + 3 * q * p * p * (crest - u * 0.03) + p ** 3 * (crest + u * 0.035),
      };
    };
    for (let one = 0; one < 190; one += 1) {
      const part = (one + next()) / 190;
      const high = top(part);
      const low = { x: x - u * (0.72 - 0.74 * part), y: foot + u * (0.05 + 0.03 * next()) };
      const light = next() > 0.42;
      const fade = 0.05 + 0.13 * next() * (0.4 + part);
      b.line(
        b.across(0, high.y, 0, low.y, [
          [0, thin(light ? "214 255 240" : "4 44 54", fade * 1.5)],
          [1, thin(light ? "120 220 220" : "2 24 36", fade * 0.3)],
        ]),
        u * (0.001 + 0.005 * next() ** 2),
        (c) => {
          c.moveTo(low.x, low.y);
          c.bezierCurveTo(low.x - u * 0.06 * part, low.y - u * 0.16, high.x - u * 0.1 * part, high.y + u * (0.1 + 0.14 * part), high.x, high.y + u * 0.012);
        },
      );
    }
  });
  // The hollow under the lip.
  b.within(body, () =>
    b.blur(u * 0.05, "rgb(2 26 36 / 0.75)", (c) => c.ellipse(x - u * 0.035, crest + u * 0.3, u * 0.07, u * 0.2, -0.14, 0, 7)),
  );
  // Foam: at the lip, the spray from it, and where it falls.
  const next = chance(19);
  const foam = (at: number, y: number, size: number, light: number) =>
    b.shape(thin("255 250 238", light), (c) => c.arc(at, y, size, 0, 7));
  for (let one = 0; one < 1500; one += 1) {
    const part = next();
    const lip = part ** 0.7;
    const at = x - u * 0.4 + u * 0.6 * lip;
    const y = crest + u * (0.012 + 0.07 * (1 - lip) ** 2) + u * 0.14 * Math.max(0, lip - 0.62) ** 1.5 * 3.2;
    const spray = next() ** 2.4;
    foam(at - u * 0.14 * spray * next(), y - u * 0.085 * spray + u * 0.012 * next(), u * (0.0008 + 0.0042 * next() ** 3), 0.25 + 0.6 * next());
  }
  for (let one = 0; one < 1400; one += 1) {
    const part = next();
    const at = x - u * 0.1 + u * 0.85 * part;
    const y = foot - u * 0.012 - u * 0.13 * next() ** 2 * Math.sin(Math.PI * Math.min(1, part * 1.3 + 0.1)) + u * 0.03 * next();
    foam(at, y, u * (0.001 + 0.008 * next() ** 3), 0.12 + 0.5 * next());
  }
}

export const ocean: Study = {
  name: "ocean-waves",
  alt: "A great green wave about to break, with low sun shining through the water.",
  paint(b) {
    const { h, u, m } = b;
    const horizon = h * 0.44;
    b.fixed("sea", (f) => {
      f.fade(
        [
          [0, "#2a4260"],
          [0.4, "#6f8397"],
          [0.75, "#e3b892"],
          [1, "#ffe0ae"],
        ],
        0,
        horizon + 2,
      );
      f.glow(m - u * 0.3, horizon - u * 0.06, u * 0.75, u * 0.5, "255 196 120", 0.5);
      f.glow(m - u * 0.3, horizon - u * 0.06, u * 0.16, u * 0.16, "255 240 200", 0.9);
      f.shape("#fff6dc", (c) => c.arc(m - u * 0.3, horizon - u * 0.06, u * 0.036, 0, 7));
      f.fade(
        [
          [0, "#b9a692"],
          [0.1, "#5d7f8c"],
          [0.4, "#1d5568"],
          [1, "#0a2c3d"],
        ],
        horizon,
      );
    });
    b.glints(m - u * 0.3, horizon, u * 0.3, h * 0.8, "255 226 170", 0.8, 8);
    swell(b, horizon + u * 0.06, u * 0.014, "rgb(33 92 108 / 0.75)", "rgb(220 235 225 / 0.35)", 4);
    swell(b, horizon + u * 0.13, u * 0.022, "rgb(20 74 92 / 0.85)", "rgb(200 235 230 / 0.3)", 7);
    b.fixed("breaker", breaker);
    b.finish(0.4);
  },
};
