// The light study "Sunset Desert": dunes with a sharp crest, the sun on the horizon, and a small caravan.

import type { Brush, Study } from "./brush";
import { chance, rough } from "./brush";

function camel(b: Brush, x: number, y: number, s: number): void {
  b.shape("#2c1218", (c) => {
    c.moveTo(x - s * 0.5, y - s * 0.52);
    c.bezierCurveTo(x - s * 0.42, y - s * 0.72, x - s * 0.22, y - s * 0.94, x - s * 0.06, y - s * 0.96);
    c.bezierCurveTo(x + s * 0.12, y - s * 0.94, x + s * 0.2, y - s * 0.76, x + s * 0.36, y - s * 0.7);
    c.bezierCurveTo(x + s * 0.5, y - s * 0.66, x + s * 0.5, y - s * 0.9, x + s * 0.56, y - s * 1.02);
    c.bezierCurveTo(x + s * 0.64, y - s * 1.1, x + s * 0.78, y - s * 1.02, x + s * 0.84, y - s * 0.94);
    c.bezierCurveTo(x + s * 0.74, y - s * 0.88, x + s * 0.7, y - s * 0.88, x + s * 0.66, y - s * 0.78);
    c.bezierCurveTo(x + s * 0.6, y - s * 0.56, x + s * 0.48, y - s * 0.48, x + s * 0.34, y - s * 0.46);
    for (const [at, from] of [
      [0.34, 0.46],
      [0.18, 0.44],
      [-0.26, 0.44],
      [-0.42, 0.46],
    ] as const) {
      c.lineTo(x + s * (at + 0.04), y - s * from);
      c.lineTo(x + s * (at + 0.02), y);
      c.lineTo(x + s * (at - 0.05), y);
      c.lineTo(x + s * (at - 0.06), y - s * from);
    }
  });
}

export const desert: Study = {
  name: "sunset-desert",
  alt: "Sand dunes at sunset, with three camels walking along a sharp ridge that is half in light and half in shade.",
  paint(b) {
    const { h, w, u, m } = b;
    const horizon = h * 0.54;
    b.fade([
      [0, "#3c2247"],
      [0.2, "#8a3b52"],
      [0.38, "#d9643f"],
      [0.5, "#f7a64e"],
      [0.56, "#ffd588"],
    ]);
    const sunX = m - u * 0.26;
    b.glow(sunX, horizon - u * 0.02, u * 0.95, u * 0.6, "255 170 76", 0.5);
    b.glow(sunX, horizon - u * 0.02, u * 0.3, u * 0.28, "255 220 140", 0.6);
    b.shape("#fff0c4", (c) => c.arc(sunX, horizon - u * 0.015, u * 0.1, 0, 7));
    const cloud = rough(41, 4);
    for (let band = 0; band < 7; band += 1) {
      const y = horizon - u * (0.14 + band * 0.05);
      b.shape(`rgb(255 ${170 - band * 12} ${120 - band * 4} / ${0.2 - band * 0.02})`, (c) => {
        c.moveTo(0, y);
        for (let x = 0; x <= w; x += 12) c.lineTo(x, y - Math.max(0, cloud(x / u + band * 5)) * u * 0.022);
        for (let x = w; x >= 0; x -= 12) c.lineTo(x, y + Math.max(0, cloud(x / u + band * 5)) * u * 0.012);
      });
    }
    for (const [index, [colour, lift, size]] of (
      [
        ["#e08a54", 0.0, 0.03],
        ["#c96a44", 0.05, 0.045],
        ["#a94f3b", 0.105, 0.05],
      ] as const
    ).entries()) {
      const line = rough(50 + index * 9, 3, 0.35);
      b.land(
        b.across(0, horizon, 0, horizon + u * 0.3, [
          [0, colour],
          [1, "#6d2f30"],
        ]),
        (x) => horizon + u * lift - line((x / u) * 1.1 + index) * u * size,
      );
    }
    // The large dune: a crest that winds down towards the viewer.
    const peak = { x: m + u * 0.26, y: horizon - u * 0.2 };
    const crest = (c: CanvasRenderingContext2D) => {
      c.bezierCurveTo(peak.x - u * 0.1, peak.y + u * 0.16, peak.x - u * 0.02, horizon + u * 0.12, m - u * 0.08, horizon + u * 0.24);
      c.bezierCurveTo(m - u * 0.2, horizon + u * 0.34, m + u * 0.16, horizon + u * 0.38, m + u * 0.02, h + 9);
    };
    const skyline = (c: CanvasRenderingContext2D) => {
      c.moveTo(-9, horizon + u * 0.16);
      c.bezierCurveTo(m - u * 0.55, horizon + u * 0.12, m - u * 0.1, horizon + u * 0.04, peak.x, peak.y);
    };
    const right = (c: CanvasRenderingContext2D) => {
      c.moveTo(peak.x, peak.y);
      crest(c);
      c.lineTo(w + 9, h + 9);
      c.lineTo(w + 9, horizon + u * 0.02);
      c.bezierCurveTo(peak.x + u * 0.5, horizon + u * 0.0, peak.x + u * 0.2, horizon - u * 0.1, peak.x, peak.y);
    };
    const left = (c: CanvasRenderingContext2D) => {
      skyline(c);
      crest(c);
      c.lineTo(-9, h + 9);
    };
    b.shape(
      b.across(0, peak.y, 0, h, [
        [0, "#ffc985"],
        [0.35, "#f19a58"],
        [0.7, "#cf6a42"],
        [1, "#96452f"],
      ]),
      left,
    );
    b.shape(
      b.across(peak.x, peak.y, peak.x + u * 0.1, h, [
        [0, "#7d3a3c"],
        [0.4, "#582735"],
        [1, "#2d1524"],
      ]),
      right,
    );
    // Ripples in the sand.
    b.within(left, () => {
      const next = chance(17);
      for (let one = 0; one < 62; one += 1) {
        const near = one / 62;
        const y = horizon + u * 0.1 + (h - horizon) * near ** 1.35;
        const bend = rough(one, 3);
        for (const [shift, colour] of [
          [0, `rgb(120 46 34 / ${0.1 + 0.24 * near})`],
          [0.0032, `rgb(255 226 170 / ${0.1 + 0.2 * near})`],
        ] as const) {
          b.line(colour, u * (0.0012 + 0.003 * near), (c) => {
            for (let x = -20; x <= w; x += 14) {
              const at = y + bend((x / u) * 3) * u * (0.006 + 0.016 * near) + (x - m) * 0.07 + u * shift * (1 + near);
              if (x === -20 || next() > 0.985) c.moveTo(x, at);
              else c.lineTo(x, at);
            }
          });
        }
      }
    });
    b.line("rgb(255 232 180 / 0.7)", u * 0.0028, (c) => {
      c.moveTo(peak.x, peak.y);
      crest(c);
    });
    // The caravan walks where the ridge meets the sky.
    for (const [x, y, size] of [
      [-0.005, -0.002, 0.052],
      [-0.085, 0.026, 0.05],
      [-0.165, 0.05, 0.048],
    ] as const) {
      camel(b, m + u * x, horizon + u * y, u * size);
    }
    b.glow(sunX, horizon + u * 0.02, u * 0.9, u * 0.14, "255 170 90", 0.22);
    b.finish(0.42);
  },
};
