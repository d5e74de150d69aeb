// The light study "Venice Canals": palaces over the water at dusk, lit windows, a bridge, and a gondola at its posts.

import type { Brush, Study } from "./brush";
import { chance, thin } from "./brush";

function windowArch(b: Brush, x: number, y: number, wide: number, high: number, lit: boolean, light: number): void {
  const frame = (c: CanvasRenderingContext2D) => {
    c.moveTo(x - wide / 2, y);
    c.lineTo(x - wide / 2, y - high * 0.62);
    c.quadraticCurveTo(x - wide / 2, y - high * 0.86, x, y - high);
    c.quadraticCurveTo(x + wide / 2, y - high * 0.86, x + wide / 2, y - high * 0.62);
    c.lineTo(x + wide / 2, y);
  };
  b.shape(lit ? `rgb(255 ${196 + 30 * light} ${106 + 50 * light})` : "rgb(16 16 30 / 0.72)", frame);
  b.line(lit ? "rgb(255 226 170 / 0.5)" : "rgb(240 214 200 / 0.16)", Math.max(0.7, wide * 0.1), frame);
  b.line("rgb(40 24 24 / 0.7)", Math.max(0.6, wide * 0.07), (c) => {
    c.moveTo(x, y);
    c.lineTo(x, y - high);
  });
  if (lit) b.glow(x, y - high * 0.4, wide * 2.6, high * 1.5, "255 170 84", 0.16);
}

function palace(b: Brush, from: number, to: number, top: number, foot: number, wall: string, seed: number, far: number): void {
  const { u } = b;
  const next = chance(seed);
  b.shape(
    b.across(0, top, 0, foot, [
      [0, `rgb(${wall})`],
      [1, thin(wall, 0.72)],
    ]),
    (c) => c.rect(from, top, to - from, foot - top),
  );
  const lit = (to - from) * 0.9;
  b.shape(
    b.across(from, 0, to, 0, [
      [0, "rgb(20 14 30 / 0.5)"],
      [0.5, "rgb(20 14 30 / 0.06)"],
      [1, "rgb(20 14 30 / 0.42)"],
    ]),
    (c) => c.rect(from, top, to - from, foot - top),
  );
  // The cornice and the lines of the floors.
  b.shape("rgb(250 220 200 / 0.25)", (c) => c.rect(from - u * 0.006, top, to - from + u * 0.012, u * 0.008));
  const floors = Math.max(2, Math.round((foot - top) / (u * 0.15)));
  const high = (foot - top) / (floors + 0.25);
  const count = Math.max(2, Math.round(lit / (u * 0.075)));
  for (let floor = 0; floor < floors; floor += 1) {
    const y = foot - high * (floors - floor - 0.22) + (floor === floors - 1 ? high * 0.1 : 0);
    b.shape("rgb(250 220 200 / 0.12)", (c) => c.rect(from, y + u * 0.01, to - from, u * 0.004));
    for (let one = 0; one < count; one += 1) {
      const x = from + ((to - from) * (one + 0.5)) / count;
      windowArch(b, x, y, u * 0.036, high * 0.56, next() > 0.5 + far * 0.1, next());
    }
  }
}

function gondola(b: Brush, x: number, y: number, size: number): void {
  b.shape("#08080e", (c) => {
    c.moveTo(x - size, y - size * 0.26);
    c.bezierCurveTo(x - size * 0.86, y - size * 0.02, x - size * 0.5, y + size * 0.09, x, y + size * 0.09);
    c.bezierCurveTo(x + size * 0.55, y + size * 0.09, x + size * 0.92, y - size * 0.02, x + size * 1.04, y - size * 0.36);
    c.bezierCurveTo(x + size * 0.9, y - size * 0.1, x + size * 0.6, y - size * 0.02, x + size * 0.2, y - size * 0.02);
    c.bezierCurveTo(x - size * 0.3, y - size * 0.02, x - size * 0.7, y - size * 0.06, x - size, y - size * 0.26);
  });
  // The iron at the bow: six teeth and a blade.
  b.line("#c9ccd8", size * 0.022, (c) => {
    c.moveTo(x + size * 1.0, y - size * 0.27);
    c.quadraticCurveTo(x + size * 1.09, y - size * 0.42, x + size * 1.0, y - size * 0.47);
    for (let tooth = 0; tooth < 5; tooth += 1) {
      c.moveTo(x + size * (1.045 - tooth * 0.004), y - size * (0.4 - tooth * 0.032));
      c.lineTo(x + size * (1.105 - tooth * 0.008), y - size * (0.385 - tooth * 0.032));
    }
  });
  b.line("rgb(255 206 140 / 0.75)", size * 0.012, (c) => {
    c.moveTo(x - size * 0.94, y - size * 0.21);
    c.bezierCurveTo(x - size * 0.6, y - size * 0.04, x - size * 0.3, y - size * 0.02, x + size * 0.2, y - size * 0.015);
    c.bezierCurveTo(x + size * 0.6, y - size * 0.02, x + size * 0.86, y - size * 0.08, x + size * 0.99, y - size * 0.26);
  });
  // The gondolier stands at the stern and leans a little.
  b.line("#08080e", size * 0.05, (c) => {
    c.moveTo(x - size * 0.66, y - size * 0.06);
    c.lineTo(x - size * 0.62, y - size * 0.34);
  });
  b.line("#12121c", size * 0.085, (c) => {
    c.moveTo(x - size * 0.62, y - size * 0.32);
    c.lineTo(x - size * 0.585, y - size * 0.52);
  });
  b.shape("#08080e", (c) => c.arc(x - size * 0.57, y - size * 0.61, size * 0.048, 0, 7));
  b.shape("#e8d9b0", (c) => c.ellipse(x - size * 0.57, y - size * 0.645, size * 0.085, size * 0.018, -0.06, 0, 7));
  b.line("#08080e", size * 0.02, (c) => {
    c.moveTo(x - size * 0.86, y - size * 0.66);
    c.lineTo(x - size * 0.36, y + size * 0.1);
  });
  b.line("#08080e", size * 0.034, (c) => {
    c.moveTo(x - size * 0.59, y - size * 0.49);
    c.lineTo(x - size * 0.7, y - size * 0.44);
  });
}

export const venice: Study = {
  name: "venice-canals",
  alt: "A canal in Venice at dusk, with lit palaces, a stone bridge, and a gondola between striped posts.",
  paint(b) {
    const { h, w, u, m } = b;
    const water = h * 0.66;
    b.fixed("city", (f) => {
      f.fade([
        [0, "#1e2450"],
        [0.3, "#5a4a80"],
        [0.5, "#c77d7f"],
        [0.64, "#ffc58a"],
      ]);
      f.glow(m, water - u * 0.06, u * 0.7, u * 0.44, "255 176 110", 0.4);
      // A distant dome and bell tower.
      f.shape("#8a6480", (c) => {
        c.rect(m - u * 0.165, water - u * 0.22, u * 0.2, u * 0.22);
        c.moveTo(m - u * 0.145, water - u * 0.22);
        c.bezierCurveTo(m - u * 0.15, water - u * 0.35, m + u * 0.02, water - u * 0.35, m + u * 0.015, water - u * 0.22);
        c.rect(m - u * 0.075, water - u * 0.355, u * 0.02, u * 0.05);
        c.rect(m - u * 0.0665, water - u * 0.385, u * 0.003, u * 0.04);
      });
      f.shape("#7d5a7c", (c) => {
        c.rect(m + u * 0.1, water - u * 0.44, u * 0.055, u * 0.44);
        c.moveTo(m + u * 0.095, water - u * 0.44);
        c.lineTo(m + u * 0.1275, water - u * 0.57);
        c.lineTo(m + u * 0.16, water - u * 0.44);
      });
      palace(f, m - u * 0.42, m - u * 0.2, water - u * 0.3, water, "128 84 92", 3, 1);
      palace(f, m + u * 0.2, m + u * 0.44, water - u * 0.34, water, "134 84 86", 5, 1);
      // The bridge.
      f.shape("#b5938b", (c) => {
        c.moveTo(m - u * 0.25, water);
        c.lineTo(m - u * 0.25, water - u * 0.07);
        c.quadraticCurveTo(m, water - u * 0.24, m + u * 0.25, water - u * 0.07);
        c.lineTo(m + u * 0.25, water);
        c.lineTo(m + u * 0.15, water);
        c.bezierCurveTo(m + u * 0.13, water - u * 0.15, m - u * 0.13, water - u * 0.15, m - u * 0.15, water);
      });
      f.line("#e7c8b4", u * 0.008, (c) => {
        c.moveTo(m - u * 0.25, water - u * 0.085);
        c.quadraticCurveTo(m, water - u * 0.255, m + u * 0.25, water - u * 0.085);
      });
      f.line("rgb(70 40 50 / 0.6)", u * 0.005, (c) => {
        c.moveTo(m - u * 0.15, water);
        c.bezierCurveTo(m - u * 0.13, water - u * 0.15, m + u * 0.13, water - u * 0.15, m + u * 0.15, water);
      });
      palace(f, m - u * 0.76, m - u * 0.38, water - u * 0.5, water, "146 84 74", 7, 0);
      palace(f, m + u * 0.4, m + u * 0.78, water - u * 0.46, water, "158 104 80", 9, 0);
      palace(f, -u * 0.3, m - u * 0.7, water - u * 0.68, water, "104 58 62", 11, 0);
      palace(f, m + u * 0.74, w + u * 0.3, water - u * 0.64, water, "112 66 60", 13, 0);
    });
    b.mirror(water, { calm: 1.3, dim: 0.82, tint: "16 18 44", warm: "216 210 232" });
    b.glints(m, water, u * 0.4, h, "255 200 140", 0.5, 12);
    // Striped posts, and the gondola between them.
    for (const [x, foot, high] of [
      [0.36, 0.17, 0.38],
      [0.43, 0.145, 0.33],
      [-0.47, 0.2, 0.42],
    ] as const) {
      const at = m + u * x;
      const y = water + u * foot;
      b.within(
        (c) => c.roundRect(at - u * 0.011, y - u * high, u * 0.022, u * high, u * 0.01),
        () => {
          b.shape("#e6d6c4", (c) => c.rect(at - u * 0.02, y - u * high, u * 0.04, u * high));
          for (let band = 0; band < 14; band += 1) {
            b.shape("#7c2230", (c) => {
              const top = y - u * high + band * u * 0.052;
              c.moveTo(at - u * 0.02, top);
              c.lineTo(at + u * 0.02, top - u * 0.02);
              c.lineTo(at + u * 0.02, top + u * 0.006);
              c.lineTo(at - u * 0.02, top + u * 0.026);
            });
          }
          b.shape("rgb(10 8 26 / 0.5)", (c) => c.rect(at + u * 0.001, y - u * high, u * 0.02, u * high));
        },
      );
      b.blur(u * 0.02, "rgb(6 6 20 / 0.8)", (c) => c.ellipse(at, y + u * 0.006, u * 0.04, u * 0.008, 0, 0, 7));
    }
    const bob = Math.sin(b.t * 0.6) * u * 0.003;
    b.blur(u * 0.03, "rgb(5 5 16 / 0.85)", (c) => c.ellipse(m - u * 0.08, water + u * 0.2, u * 0.26, u * 0.022, 0, 0, 7));
    gondola(b, m - u * 0.08, water + u * 0.17 + bob, u * 0.28);
    b.finish(0.45);
  },
};
