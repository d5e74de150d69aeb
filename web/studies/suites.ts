// Light studies of the three suites: one with a fire, one with moving water, and one with many lanterns.

import type { Brush, Study } from "./brush";
import { chance, wave } from "./brush";
import { fire, tub } from "./things";

function bricks(b: Brush, x0: number, y0: number, x1: number, y1: number, seed: number): void {
  const next = chance(seed);
  const high = b.u * 0.036;
  for (let y = y0, row = 0; y < y1; y += high, row += 1) {
    for (let x = x0 - (row % 2) * high * 1.2; x < x1; x += high * 2.4) {
      const shade = next();
      b.shape(`rgb(${52 + 34 * shade} ${30 + 16 * shade} ${22 + 8 * shade})`, (c) => c.rect(x + 1, y + 1, high * 2.4 - b.u * 0.004, high - b.u * 0.004));
    }
  }
}

export const ember: Study = {
  name: "ember-suite",
  alt: "A wide fireplace burning in a dark room. In front of it, the flames are reflected in a hot tub.",
  paint(b) {
    const { h, w, u, m } = b;
    const hearth = h * 0.6;
    b.fixed("wall", (f) => {
      f.fade([
        [0, "#120a08"],
        [0.6, "#1c0f0a"],
        [1, "#0a0504"],
      ]);
      bricks(f, m - u * 0.66, 0, m + u * 0.66, hearth, 4);
      f.shape("rgb(8 4 3 / 0.45)", (c) => c.rect(0, 0, w, hearth));
      f.glow(m, hearth - u * 0.1, u * 0.95, u * 0.66, "255 110 40", 0.3);
      // The beam above, and the opening of the fireplace.
      f.shape(
        f.across(0, h * 0.15, 0, h * 0.21, [
          [0, "#3f2413"],
          [1, "#7b4520"],
        ]),
        (c) => c.rect(m - u * 0.52, h * 0.155, u * 1.04, u * 0.06),
      );
      const mouth = (c: CanvasRenderingContext2D) => {
        c.moveTo(m - u * 0.4, hearth);
        c.lineTo(m - u * 0.4, h * 0.32);
        c.quadraticCurveTo(m, h * 0.24, m + u * 0.4, h * 0.32);
        c.lineTo(m + u * 0.4, hearth);
      };
      f.shape(
        f.round(m, hearth, u * 0.52, [
          [0, "#7a2d0e"],
          [0.45, "#361208"],
          [1, "#090303"],
        ]),
        mouth,
      );
      f.line("rgb(255 150 70 / 0.5)", u * 0.006, mouth);
    });
    fire(b, m, hearth - u * 0.02, u * 0.5, u * 0.31, 3);
    const next = chance(6);
    for (const [x, lean, long] of [
      [-0.06, 0.16, 0.36],
      [0.08, -0.2, 0.34],
      [0, 0.04, 0.42],
    ] as const) {
      b.c.save();
      b.c.translate(m + u * x, hearth - u * 0.024);
      b.c.rotate(lean);
      b.shape(
        b.across(0, -u * 0.024, 0, u * 0.024, [
          [0, "#ff9a3c"],
          [0.3, "#5a2410"],
          [1, "#140806"],
        ]),
        (c) => c.roundRect((-u * long) / 2, -u * 0.022, u * long, u * 0.044, u * 0.018),
      );
      b.c.restore();
    }
    for (let one = 0; one < 90; one += 1) {
      b.shape(`rgb(255 ${90 + 120 * next()} 30 / ${0.3 + 0.6 * next()})`, (c) => c.arc(m + (next() - 0.5) * u * 0.6, hearth - u * 0.012 * next(), u * (0.002 + 0.005 * next()), 0, 7));
    }
    b.shape("#1b0d08", (c) => c.rect(m - u * 0.62, hearth, u * 1.24, u * 0.036));
    b.shape("rgb(255 150 70 / 0.4)", (c) => c.rect(m - u * 0.42, hearth, u * 0.84, u * 0.004));
    tub(b, m, h * 0.81, u * 0.62, u * 0.13, ["#2a140a", "#7a431f"], ["#ffb45c", "#b3481c", "#250b08"], "255 170 90");
    b.steam(m, h * 0.78, u * 0.9, u * 0.24, "255 170 120", 0.08, 4);
    b.finish(0.6);
  },
};

export const tide: Study = {
  name: "tide-suite",
  alt: "A blue stone bath below a wall of moving water. Ripples of light cross the room.",
  paint(b) {
    const { h, w, u, m } = b;
    const edge = h * 0.64;
    b.fixed("wall", (f) => {
      f.fade([
        [0, "#04121f"],
        [0.3, "#0b3f5c"],
        [0.55, "#2a8fa6"],
        [0.64, "#8fd8d8"],
      ]);
      f.glow(m, edge - u * 0.08, u * 0.95, u * 0.4, "150 240 236", 0.3);
      // Water that falls down the wall in threads.
      const next = chance(9);
      for (let one = 0; one < 620; one += 1) {
        const x = next() * w;
        const top = next() * edge * 0.7;
        const long = edge * (0.12 + 0.5 * next());
        const light = next();
        f.line(
          f.across(0, top, 0, top + long, [
            [0, "rgb(210 250 255 / 0)"],
            [0.5, `rgb(${light > 0.4 ? "220 252 255" : "2 30 50"} / ${0.08 + 0.24 * light})`],
            [1, "rgb(210 250 255 / 0)"],
          ]),
          u * (0.0012 + 0.005 * next() ** 2),
          (c) => {
            c.moveTo(x, top);
            c.lineTo(x + (next() - 0.5) * u * 0.006, top + long);
          },
        );
      }
      // The stone frame, left and right.
      for (const side of [-1, 1]) {
        const at = m + side * u * 0.66;
        f.shape(
          f.across(at, 0, at + side * u * 0.4, 0, [
            [0, "#2d5566"],
            [0.16, "#14303f"],
            [1, "#06121b"],
          ]),
          (c) => c.rect(side < 0 ? 0 : at, 0, side < 0 ? at : w - at, edge + u * 0.03),
        );
        for (let course = 0; course < 6; course += 1) {
          f.shape("rgb(0 0 0 / 0.4)", (c) => c.rect(side < 0 ? 0 : at, course * u * 0.14, side < 0 ? at : w - at, u * 0.004));
        }
      }
      f.shape(
        f.across(0, h * 0.02, 0, h * 0.1, [
          [0, "#06121b"],
          [0.9, "#1b3d4c"],
          [1, "#5fa6b4"],
        ]),
        (c) => c.rect(0, 0, w, h * 0.085),
      );
    });
    b.mirror(edge, { calm: 0.62, dim: 0.86, tint: "4 26 40", warm: "176 226 236" });
    b.glow(m, edge, u * 0.8, u * 0.03, "230 255 255", 0.6);
    // Rings where the water falls in.
    const next = chance(31);
    for (let one = 0; one < 30; one += 1) {
      const near = next() ** 1.2;
      const x = m + (next() - 0.5) * u * 1.3;
      const y = edge + (h - edge) * (0.03 + 0.7 * near);
      const life = (next() + b.t * 0.2) % 1;
      b.line(`rgb(225 255 255 / ${0.5 * (1 - life) * (1 - near * 0.6)})`, u * 0.002, (c) =>
        c.ellipse(x, y, u * (0.012 + 0.07 * life) * (0.4 + near), u * (0.003 + 0.015 * life) * (0.4 + near), 0, 0, 7),
      );
    }
    // The near rim, and a net of light on it.
    const rim = h * 0.93;
    b.shape(
      b.across(0, rim, 0, h, [
        [0, "#4f8797"],
        [0.14, "#1d4453"],
        [1, "#091a24"],
      ]),
      (c) => c.rect(0, rim, w, h),
    );
    const net = wave(3);
    for (let one = 0; one < 26; one += 1) {
      b.line("rgb(190 250 250 / 0.16)", u * 0.003, (c) => {
        const y = rim + u * 0.006 + ((h - rim) * one) / 26;
        for (let x = 0; x <= w; x += 10) {
          const at = y + net(x / (u * 0.06) + one * 7 + b.t * 0.3) * u * 0.008;
          if (x === 0) c.moveTo(x, at);
          else c.lineTo(x, at);
        }
      });
    }
    b.steam(m, edge + u * 0.08, u * 1.0, u * 0.22, "210 245 250", 0.07, 8);
    b.finish(0.5);
  },
};

function lantern(b: Brush, x: number, y: number, size: number, hue: number, light: number): void {
  b.line("rgb(255 220 170 / 0.22)", Math.max(0.6, size * 0.02), (c) => {
    c.moveTo(x, 0);
    c.lineTo(x, y - size * 0.5);
  });
  b.glow(x, y, size * 2.1, size * 2.1, "255 150 70", 0.26 * light);
  const body = (c: CanvasRenderingContext2D) => c.ellipse(x, y, size * 0.5, size * 0.46, 0, 0, 7);
  b.shape(
    b.round(x, y + size * 0.08, size * 0.55, [
      [0, `rgb(255 ${236 - hue * 10} ${184 - hue * 30})`],
      [0.45, `rgb(255 ${186 - hue * 30} ${94 - hue * 30})`],
      [1, `rgb(${196 - hue * 10} ${84 - hue * 24} ${38 - hue * 14})`],
    ]),
    body,
  );
  b.within(body, () => {
    for (let rib = -4; rib <= 4; rib += 1) {
      b.line("rgb(120 44 20 / 0.34)", Math.max(0.5, size * 0.014), (c) => c.ellipse(x, y, Math.abs(rib) * size * 0.115 + 0.1, size * 0.46, 0, 0, 7));
    }
  });
  b.shape("#3a1a10", (c) => {
    c.rect(x - size * 0.14, y - size * 0.5, size * 0.28, size * 0.07);
    c.rect(x - size * 0.14, y + size * 0.43, size * 0.28, size * 0.06);
  });
  b.line("rgb(220 110 60 / 0.7)", Math.max(0.6, size * 0.025), (c) => {
    c.moveTo(x, y + size * 0.49);
    c.lineTo(x, y + size * 0.72);
  });
}

export const lanterns: Study = {
  name: "lantern-suite",
  alt: "Paper lanterns hang at different heights in a violet dusk and are reflected in the bath below.",
  paint(b) {
    const { h, u, m, w } = b;
    const edge = h * 0.68;
    b.fixed("dusk", (f) => {
      f.fade([
        [0, "#130c22"],
        [0.4, "#35204a"],
        [0.68, "#8a4a5c"],
      ]);
      f.glow(m, edge, u * 0.9, u * 0.35, "255 140 90", 0.26);
      // A low wall, and the slats of a screen behind it.
      for (let x = m - u * 1.2; x < m + u * 1.2; x += u * 0.1) {
        f.shape("rgb(20 10 26 / 0.4)", (c) => c.rect(x, 0, u * 0.012, edge));
      }
      f.shape("rgb(20 10 26 / 0.4)", (c) => c.rect(0, h * 0.34, w, u * 0.012));
      f.shape("#1d1020", (c) => c.rect(0, edge - u * 0.03, w, u * 0.03));
    });
    const next = chance(12);
    const all: [number, number, number, number][] = [];
    for (let one = 0; one < 42; one += 1) {
      const near = (one / 42) ** 1.6;
      const x = m + (((one * 0.618) % 1) - 0.5) * Math.max(w, u) * 1.04;
      const y = h * (0.06 + 0.5 * next()) * (1 - 0.14 * near);
      all.push([x, y, u * (0.028 + 0.12 * near), next()]);
    }
    for (const [x, y, size, hue] of all) {
      const sway = Math.sin(b.t * 0.5 + x) * size * 0.05;
      lantern(b, x + sway, y, size, hue, 0.85 + 0.15 * Math.sin(b.t * 0.9 + y));
    }
    b.mirror(edge, { calm: 1.2, dim: 0.84, tint: "22 10 26", warm: "255 206 190" });
    b.glow(m, edge, u * 1.1, u * 0.01, "255 200 150", 0.5);
    b.glints(m, edge, u * 1.0, h, "255 190 120", 0.3, 4);
    b.steam(m, edge + u * 0.05, u * 1.0, u * 0.2, "255 190 180", 0.06, 7);
    b.finish(0.5);
  },
};
