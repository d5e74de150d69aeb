// The two halves of the house. Mensuite: one robe, one pair of slippers, one light. Coresync Private: for two.

import type { Brush, Context, Study } from "./brush";
import { rough } from "./brush";
import { candle, tub } from "./things";

function robe(b: Brush, x: number, top: number, size: number): void {
  const { c } = b;
  const body = (p: Context) => {
    p.moveTo(x - size * 0.1, top);
    p.bezierCurveTo(x - size * 0.26, top + size * 0.04, x - size * 0.3, top + size * 0.14, x - size * 0.33, top + size * 0.36);
    p.lineTo(x - size * 0.38, top + size * 0.78);
    p.quadraticCurveTo(x - size * 0.31, top + size * 0.83, x - size * 0.25, top + size * 0.79);
    p.lineTo(x - size * 0.2, top + size * 0.52);
    p.lineTo(x - size * 0.24, top + size * 1.4);
    p.quadraticCurveTo(x, top + size * 1.47, x + size * 0.25, top + size * 1.39);
    p.lineTo(x + size * 0.2, top + size * 0.52);
    p.lineTo(x + size * 0.26, top + size * 0.78);
    p.quadraticCurveTo(x + size * 0.32, top + size * 0.82, x + size * 0.38, top + size * 0.76);
    p.lineTo(x + size * 0.32, top + size * 0.34);
    p.bezierCurveTo(x + size * 0.29, top + size * 0.14, x + size * 0.25, top + size * 0.04, x + size * 0.1, top);
    p.quadraticCurveTo(x, top + size * 0.05, x - size * 0.1, top);
  };
  b.blur(size * 0.12, "rgb(0 0 0 / 0.75)", (p) => {
    p.save();
    p.translate(size * 0.12, size * 0.05);
    body(p);
    p.restore();
  });
  b.shape(
    b.across(x - size * 0.4, 0, x + size * 0.4, 0, [
      [0, "#fff0d0"],
      [0.3, "#efd6aa"],
      [0.62, "#b9925f"],
      [1, "#5b4128"],
    ]),
    body,
  );
  b.within(body, () => {
    b.shape(
      b.across(0, top, 0, top + size * 1.45, [
        [0, "rgb(255 240 206 / 0.3)"],
        [0.3, "rgb(60 34 14 / 0)"],
        [1, "rgb(24 12 6 / 0.75)"],
      ]),
      (p) => p.rect(x - size, top, size * 2, size * 1.5),
    );
    // Folds.
    for (const [at, lean, wide] of [
      [-0.16, -0.02, 0.03],
      [-0.08, -0.03, 0.022],
      [0.06, 0.03, 0.03],
      [0.14, 0.05, 0.026],
      [-0.3, -0.05, 0.02],
      [0.3, 0.05, 0.022],
    ] as const) {
      b.blur(size * 0.035, "rgb(40 22 10 / 0.7)", (p) => {
        p.moveTo(x + size * at, top + size * 0.3);
        p.lineTo(x + size * (at + lean + wide), top + size * 1.4);
        p.lineTo(x + size * (at + lean - wide), top + size * 1.4);
      });
    }
    // The dark within the collar.
    b.shape("#3a2616", (p) => {
      p.moveTo(x - size * 0.09, top + size * 0.005);
      p.quadraticCurveTo(x, top + size * 0.06, x + size * 0.09, top + size * 0.005);
      p.lineTo(x + size * 0.015, top + size * 0.5);
    });
    // Lapels, and the belt.
    for (const side of [-1, 1]) {
      b.shape(side < 0 ? "#f8e4bd" : "#a17c4e", (p) => {
        p.moveTo(x + side * size * 0.1, top);
        p.quadraticCurveTo(x + side * size * 0.15, top + size * 0.2, x + size * 0.02, top + size * 0.6);
        p.lineTo(x + size * 0.005, top + size * 0.5);
        p.quadraticCurveTo(x + side * size * 0.07, top + size * 0.2, x + side * size * 0.06, top + size * 0.03);
      });
    }
    b.shape("rgb(232 204 156 / 0.95)", (p) => p.rect(x - size * 0.25, top + size * 0.6, size * 0.5, size * 0.055));
    b.shape("rgb(30 16 8 / 0.5)", (p) => p.rect(x - size * 0.25, top + size * 0.655, size * 0.5, size * 0.014));
  });
  b.shape("#d9bd88", (p) => {
    p.roundRect(x - size * 0.035, top + size * 0.59, size * 0.08, size * 0.08, size * 0.02);
    p.moveTo(x - size * 0.02, top + size * 0.66);
    p.lineTo(x - size * 0.07, top + size * 1.0);
    p.lineTo(x - size * 0.03, top + size * 1.01);
    p.lineTo(x + size * 0.015, top + size * 0.66);
    p.moveTo(x + size * 0.02, top + size * 0.66);
    p.lineTo(x + size * 0.05, top + size * 0.94);
    p.lineTo(x + size * 0.09, top + size * 0.93);
    p.lineTo(x + size * 0.045, top + size * 0.66);
  });
  // The hook.
  c.lineCap = "round";
  b.line("#d9a94a", size * 0.03, (p) => {
    p.moveTo(x, top - size * 0.02);
    p.lineTo(x, top + size * 0.03);
  });
  b.shape("#f1cf7c", (p) => p.arc(x, top - size * 0.03, size * 0.034, 0, 7));
}

export const mensuite: Study = {
  name: "mensuite",
  alt: "A white robe on a brass hook on a dark panelled wall, a lamp above it, slippers and a low stool beneath: one guest is expected.",
  paint(b) {
    const { h, w, u, m } = b;
    const floor = h * 0.86;
    b.fade([
      [0, "#1a1f1a"],
      [0.86, "#141812"],
      [1, "#0a0b08"],
    ]);
    // Panelling of dark green oak.
    const board = u * 0.2;
    for (let x = m - board * 0.5 - Math.ceil(m / board) * board; x < w; x += board) {
      b.shape(
        b.across(x, 0, x + board, 0, [
          [0, "rgb(140 160 120 / 0.1)"],
          [0.04, "rgb(0 0 0 / 0.5)"],
          [0.1, "rgb(0 0 0 / 0)"],
          [0.97, "rgb(0 0 0 / 0.12)"],
          [1, "rgb(0 0 0 / 0.6)"],
        ]),
        (c) => c.rect(x, 0, board, floor),
      );
    }
    const lamp = { x: m, y: h * 0.11 };
    b.shaft(lamp.x - u * 0.03, lamp.x + u * 0.03, lamp.y, lamp.x - u * 0.5, lamp.x + u * 0.5, floor, "255 205 130", 0.42);
    b.glow(lamp.x, lamp.y + u * 0.2, u * 0.62, u * 0.6, "255 196 112", 0.34);
    b.glow(lamp.x, lamp.y + u * 0.03, u * 0.22, u * 0.17, "255 224 150", 0.55);
    // A rail across the wall.
    b.shape("#0c0e0a", (c) => c.rect(0, h * 0.19, w, u * 0.034));
    b.shape(
      b.across(m - u * 0.5, 0, m + u * 0.5, 0, [
        [0, "rgb(220 190 120 / 0)"],
        [0.5, "rgb(240 206 140 / 0.55)"],
        [1, "rgb(220 190 120 / 0)"],
      ]),
      (c) => c.rect(0, h * 0.19, w, u * 0.004),
    );
    robe(b, m, h * 0.215, u * 0.4);
    // Floor.
    b.shape(
      b.across(0, floor, 0, h, [
        [0, "#3a2a18"],
        [1, "#0c0805"],
      ]),
      (c) => c.rect(0, floor, w, h - floor),
    );
    b.glow(m, floor + u * 0.05, u * 0.6, u * 0.07, "255 190 110", 0.4);
    b.line("rgb(255 210 140 / 0.3)", u * 0.003, (c) => {
      c.moveTo(m - u * 0.5, floor);
      c.lineTo(m + u * 0.5, floor);
    });
    // A stool with a folded towel, at the right hand.
    const stool = { x: m + u * 0.37, y: floor - u * 0.17 };
    b.blur(u * 0.03, "rgb(0 0 0 / 0.7)", (c) => c.ellipse(stool.x, floor + u * 0.035, u * 0.13, u * 0.016, 0, 0, 7));
    b.line("#4f3117", u * 0.015, (c) => {
      for (const side of [-1, 1]) {
        c.moveTo(stool.x + side * u * 0.07, stool.y + u * 0.02);
        c.lineTo(stool.x + side * u * 0.095, floor + u * 0.03);
      }
    });
    b.shape(
      b.across(stool.x - u * 0.12, 0, stool.x + u * 0.12, 0, [
        [0, "#c08a4a"],
        [0.5, "#7b5127"],
        [1, "#2e1c0c"],
      ]),
      (c) => c.roundRect(stool.x - u * 0.115, stool.y, u * 0.23, u * 0.026, u * 0.013),
    );
    for (let fold = 0; fold < 3; fold += 1) {
      b.shape(
        b.across(stool.x - u * 0.08, 0, stool.x + u * 0.09, 0, [
          [0, "#fff0d2"],
          [0.5, "#d8bd92"],
          [1, "#6b5032"],
        ]),
        (c) => c.roundRect(stool.x - u * 0.082, stool.y - u * (0.03 + fold * 0.03), u * 0.165, u * 0.028, u * 0.013),
      );
    }
    // Slippers, side by side.
    for (const side of [-1, 1]) {
      const x = m + side * u * 0.05;
      const y = floor + u * 0.042;
      b.blur(u * 0.014, "rgb(0 0 0 / 0.8)", (c) => c.ellipse(x, y + u * 0.014, u * 0.045, u * 0.012, 0, 0, 7));
      b.shape("#8d6a3e", (c) => c.ellipse(x, y, u * 0.038, u * 0.02, 0, 0, 7));
      b.shape("#f0d9ae", (c) => {
        c.ellipse(x, y - u * 0.002, u * 0.038, u * 0.021, 0, 0, Math.PI);
        c.quadraticCurveTo(x, y - u * 0.024, x + u * 0.038, y - u * 0.002);
      });
    }
    // The lamp itself: brass, with a shade of milk glass.
    b.shape("#d9a94a", (c) => c.rect(lamp.x - u * 0.005, lamp.y - u * 0.08, u * 0.01, u * 0.08));
    b.shape("#fff7e0", (c) => c.ellipse(lamp.x, lamp.y + u * 0.012, u * 0.034, u * 0.034, 0, 0, 7));
    b.shape(
      b.across(lamp.x - u * 0.05, 0, lamp.x + u * 0.05, 0, [
        [0, "#7a5516"],
        [0.4, "#f5d387"],
        [1, "#6a4710"],
      ]),
      (c) => {
        c.moveTo(lamp.x - u * 0.052, lamp.y + u * 0.008);
        c.quadraticCurveTo(lamp.x - u * 0.04, lamp.y - u * 0.044, lamp.x, lamp.y - u * 0.046);
        c.quadraticCurveTo(lamp.x + u * 0.04, lamp.y - u * 0.044, lamp.x + u * 0.052, lamp.y + u * 0.008);
      },
    );
    b.finish(0.6);
  },
};

function glass(b: Brush, x: number, y: number, size: number): void {
  b.line("rgb(255 230 190 / 0.8)", size * 0.025, (c) => {
    c.moveTo(x - size * 0.13, y);
    c.lineTo(x + size * 0.13, y);
    c.moveTo(x, y);
    c.lineTo(x, y - size * 0.42);
  });
  const bowl = (c: Context) => {
    c.moveTo(x - size * 0.115, y - size);
    c.bezierCurveTo(x - size * 0.15, y - size * 0.62, x - size * 0.1, y - size * 0.44, x, y - size * 0.42);
    c.bezierCurveTo(x + size * 0.1, y - size * 0.44, x + size * 0.15, y - size * 0.62, x + size * 0.115, y - size);
  };
  b.within(bowl, () => b.shape("rgb(255 206 110 / 0.75)", (c) => c.rect(x - size, y - size * 0.84, size * 2, size)));
  b.line("rgb(255 240 215 / 0.75)", size * 0.02, bowl);
  for (let one = 0; one < 7; one += 1) {
    b.shape("rgb(255 250 225 / 0.8)", (c) => c.arc(x + size * 0.05 * Math.sin(one * 2.3), y - size * (0.5 + one * 0.045), size * 0.012, 0, 7));
  }
}

/** The wall that becomes somewhere else: mountains under a moon. */
function wall(b: Brush, x0: number, y0: number, x1: number, y1: number): void {
  const { u, m } = b;
  b.within(
    (c) => c.rect(x0, y0, x1 - x0, y1 - y0),
    () => {
      b.fade(
        [
          [0, "#0e1738"],
          [0.55, "#3a4a80"],
          [1, "#b58fa0"],
        ],
        y0,
        y1,
      );
      b.stars(150, y1, 0.9, 5);
      b.glow(m + u * 0.22, y0 + u * 0.16, u * 0.24, u * 0.24, "220 226 255", 0.35);
      b.shape("#f6f2e4", (c) => c.arc(m + u * 0.22, y0 + u * 0.16, u * 0.042, 0, 7));
      for (const [index, [colour, lift, size]] of (
        [
          ["#8583ac", 0.22, 0.075],
          ["#54598a", 0.115, 0.055],
          ["#2d3563", 0.045, 0.035],
        ] as const
      ).entries()) {
        const line = rough(61 + index * 7);
        b.land(colour, (x) => y1 - u * lift - line((x / u) * 2.2) * u * size, y1);
      }
    },
  );
}

export const privately: Study = {
  name: "private",
  alt: "A round hot tub for two in a dark room, two glasses on its rim and candles beside it; the wall behind shows mountains under the moon.",
  paint(b) {
    const { h, w, u, m } = b;
    const foot = h * 0.56;
    b.fixed("room", (f) => {
      f.fade([
        [0, "#0d0a10"],
        [0.6, "#1a1013"],
        [1, "#0b0706"],
      ]);
      wall(f, m - u * 0.68, h * 0.1, m + u * 0.68, foot);
      f.line("rgb(190 200 255 / 0.22)", u * 0.004, (c) => c.rect(m - u * 0.68, h * 0.1, u * 1.36, foot - h * 0.1));
      f.blend("lighter", 0.4, () => {
        f.shape(
          f.across(0, foot, 0, foot + u * 0.22, [
            [0, "rgb(140 130 190 / 0.6)"],
            [1, "rgb(140 130 190 / 0)"],
          ]),
          (c) => c.rect(m - u * 0.72, foot, u * 1.44, u * 0.22),
        );
      });
      // Boards of the deck.
      for (let row = 0; row < 14; row += 1) {
        const y = foot + u * (0.03 + 0.0026 * row ** 2.1);
        f.line("rgb(0 0 0 / 0.4)", u * 0.002, (c) => {
          c.moveTo(0, y);
          c.lineTo(w, y);
        });
      }
    });
    tub(b, m, h * 0.67, u * 0.47, u * 0.125, ["#3a1f10", "#94592c"], ["#ffd9a0", "#c9743a", "#4a1d14"], "255 214 160");
    b.glow(m, h * 0.66, u * 0.5, u * 0.16, "255 160 84", 0.34);
    b.steam(m, h * 0.64, u * 0.66, u * 0.3, "255 214 190", 0.1, 6);
    glass(b, m - u * 0.35, h * 0.752, u * 0.14);
    glass(b, m - u * 0.27, h * 0.772, u * 0.14);
    candle(b, m + u * 0.437, h * 0.67 + u * 0.044, u * 0.09, 2);
    candle(b, m + u * 0.374, h * 0.67 + u * 0.077, u * 0.06, 5);
    candle(b, m - u * 0.6, h * 0.82, u * 0.1, 3);
    candle(b, m + u * 0.6, h * 0.84, u * 0.12, 4);
    b.finish(0.6);
  },
};
