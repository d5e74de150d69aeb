// The light study of Mensuite: a barber's chair of leather and brass in front of a mirror, and shaving tools on the
// shelf.

import type { Brush, Context, Study } from "./brush";
import { chance } from "./brush";

/** Returns a gradient of brass from left to right. */
function brass(b: Brush, x0: number, x1: number): CanvasGradient {
  return b.across(x0, 0, x1, 0, [
    [0, "#5e3f12"],
    [0.28, "#ffe2a0"],
    [0.5, "#c08a34"],
    [0.78, "#7a5319"],
    [1, "#c9983f"],
  ]);
}

/** Paints panels of dark green oak: frames with a field in each, and a rail above them. */
function panelling(b: Brush, floor: number): void {
  const { w, u, m } = b;
  b.fade([
    [0, "#101a15"],
    [0.6, "#14231b"],
    [1, "#0d1711"],
  ]);
  const wide = u * 0.3;
  const frame = u * 0.034;
  const field = (x: number, y: number, width: number, height: number) => {
    b.shape("rgb(4 10 7 / 0.75)", (c) => c.rect(x, y, width, height));
    b.shape("#16291e", (c) => c.rect(x + u * 0.006, y + u * 0.006, width - u * 0.008, height - u * 0.008));
    b.line("rgb(190 206 160 / 0.16)", u * 0.003, (c) => {
      c.moveTo(x, y + height);
      c.lineTo(x + width, y + height);
      c.lineTo(x + width, y);
    });
    const bevel = u * 0.02;
    b.shape(
      b.across(x, y, x + width, y + height, [
        [0, "#1b3527"],
        [1, "#112218"],
      ]),
      (c) => c.rect(x + bevel, y + bevel, width - bevel * 2, height - bevel * 2),
    );
    b.line("rgb(0 0 0 / 0.4)", u * 0.003, (c) => c.rect(x + bevel, y + bevel, width - bevel * 2, height - bevel * 2));
  };
  for (let x = m - wide * 0.5 - Math.ceil(m / wide) * wide; x < w; x += wide) {
    field(x + frame / 2, floor - u * 0.3, wide - frame, u * 0.25);
    for (let foot = floor - u * 0.35; foot > 0; foot -= u * 0.62) field(x + frame / 2, foot - u * 0.59, wide - frame, u * 0.56);
  }
  b.shape("#0b130e", (c) => c.rect(0, floor - u * 0.03, w, u * 0.03));
}

/** Paints a mirror in a brass frame with cut corners. It reflects the lamps and the opposite wall. */
function mirror(b: Brush, x: number, y: number, rx: number, ry: number): void {
  const { u } = b;
  const pane = (grow: number) => (c: Context) => {
    const cut = u * 0.05 + grow * 0.4;
    c.moveTo(x - rx - grow + cut, y - ry - grow);
    c.lineTo(x + rx + grow - cut, y - ry - grow);
    c.quadraticCurveTo(x + rx + grow - cut, y - ry - grow + cut, x + rx + grow, y - ry - grow + cut);
    c.lineTo(x + rx + grow, y + ry + grow);
    c.lineTo(x - rx - grow, y + ry + grow);
    c.lineTo(x - rx - grow, y - ry - grow + cut);
    c.quadraticCurveTo(x - rx - grow + cut, y - ry - grow + cut, x - rx - grow + cut, y - ry - grow);
  };
  b.blur(u * 0.05, "rgb(0 0 0 / 0.8)", (c) => {
    c.rect(x - rx - u * 0.02, y - ry, rx * 2 + u * 0.05, ry * 2 + u * 0.04);
  });
  b.shape(brass(b, x - rx - u * 0.02, x + rx + u * 0.02), pane(u * 0.019));
  b.line("rgb(40 24 6 / 0.7)", u * 0.003, pane(u * 0.008));
  b.shape(
    b.across(x - rx, y - ry, x + rx, y + ry, [
      [0, "#8f9a80"],
      [0.42, "#4f6152"],
      [1, "#1e2c23"],
    ]),
    pane(0),
  );
  b.within(pane(0), () => {
    // The opposite wall, a door in it, and light behind the door.
    b.blur(u * 0.03, "rgb(14 24 18 / 0.6)", (c) => c.rect(x - rx * 0.1, y - ry * 0.5, rx * 0.75, ry * 1.6));
    b.glow(x - rx * 0.9, y - ry * 0.35, u * 0.3, u * 0.34, "255 214 150", 0.5);
    b.shape("rgb(255 250 236 / 0.1)", (c) => {
      c.moveTo(x - rx * 0.1, y - ry);
      c.lineTo(x + rx * 0.5, y - ry);
      c.lineTo(x - rx * 0.25, y + ry);
      c.lineTo(x - rx * 0.85, y + ry);
      c.moveTo(x + rx * 0.6, y - ry);
      c.lineTo(x + rx * 0.72, y - ry);
      c.lineTo(x - rx * 0.02, y + ry);
      c.lineTo(x - rx * 0.14, y + ry);
    });
  });
  b.line("rgb(255 240 200 / 0.5)", u * 0.002, pane(0));
}

/** Paints a globe of milk glass on a brass arm. */
function lamp(b: Brush, x: number, y: number, size: number): void {
  const beat = 1 + 0.03 * Math.sin(b.t * 0.9 + x);
  b.glow(x, y, size * 7, size * 7, "255 196 112", 0.36 * beat);
  b.glow(x, y, size * 3, size * 3, "255 222 160", 0.6 * beat);
  b.shape(brass(b, x - size * 0.5, x + size * 0.5), (c) => {
    c.roundRect(x - size * 0.5, y + size * 0.85, size, size * 0.36, size * 0.1);
    c.rect(x - size * 0.14, y + size * 1.1, size * 0.28, size * 1.3);
    c.ellipse(x, y + size * 2.4, size * 0.34, size * 0.34, 0, 0, 7);
  });
  b.shape(
    b.round(x - size * 0.2, y - size * 0.2, size * 1.15, [
      [0, "#fffdf4"],
      [0.6, "#fff0cc"],
      [1, "#f1c071"],
    ]),
    (c) => c.arc(x, y, size, 0, 7),
  );
}

/** Paints a bowl of lather on a foot. `x`, `y` is where it stands. */
function lather(b: Brush, x: number, y: number, s: number): void {
  b.shape(brass(b, x - s * 0.24, x + s * 0.24), (c) => c.roundRect(x - s * 0.24, y - s * 0.1, s * 0.48, s * 0.1, s * 0.03));
  // The lather first, because it is inside the bowl.
  b.shape(
    b.across(x - s * 0.4, y - s, x + s * 0.4, y - s * 0.5, [
      [0, "#ffffff"],
      [0.5, "#fff6e4"],
      [1, "#c9b48c"],
    ]),
    (c) => {
      for (const [at, up, r] of [
        [-0.32, 0.62, 0.13],
        [-0.16, 0.67, 0.15],
        [0.03, 0.7, 0.17],
        [0.2, 0.65, 0.14],
        [0.34, 0.61, 0.11],
      ] as const) {
        c.moveTo(x + s * (at + r), y - s * up);
        c.arc(x + s * at, y - s * up, s * r, 0, 7);
      }
    },
  );
  const next = chance(11);
  for (let one = 0; one < 16; one += 1) {
    b.line("rgb(150 124 84 / 0.35)", s * 0.012, (c) => c.arc(x + s * (next() - 0.5) * 0.7, y - s * (0.62 + 0.14 * next()), s * (0.02 + 0.03 * next()), 3, 5.6));
  }
  const bowl = (c: Context) => {
    c.moveTo(x - s * 0.48, y - s * 0.6);
    c.bezierCurveTo(x - s * 0.46, y - s * 0.26, x - s * 0.3, y - s * 0.1, x - s * 0.16, y - s * 0.08);
    c.lineTo(x + s * 0.16, y - s * 0.08);
    c.bezierCurveTo(x + s * 0.3, y - s * 0.1, x + s * 0.46, y - s * 0.26, x + s * 0.48, y - s * 0.6);
  };
  b.shape(
    b.across(x - s * 0.48, 0, x + s * 0.48, 0, [
      [0, "#fff6e0"],
      [0.35, "#efe0bf"],
      [0.75, "#a58e66"],
      [1, "#574527"],
    ]),
    bowl,
  );
  b.within(bowl, () => b.shape("#1c4632", (c) => c.rect(x - s, y - s * 0.47, s * 2, s * 0.06)));
}

/** Paints a badger brush, upright on its handle. */
function shaver(b: Brush, x: number, y: number, s: number): void {
  b.shape(brass(b, x - s * 0.17, x + s * 0.17), (c) => c.roundRect(x - s * 0.19, y - s * 0.08, s * 0.38, s * 0.08, s * 0.02));
  b.shape(
    b.across(x - s * 0.17, 0, x + s * 0.17, 0, [
      [0, "#7c3d1c"],
      [0.3, "#c9763d"],
      [0.6, "#5a2710"],
      [1, "#2b1006"],
    ]),
    (c) => {
      c.moveTo(x - s * 0.16, y - s * 0.07);
      c.bezierCurveTo(x - s * 0.2, y - s * 0.26, x - s * 0.06, y - s * 0.26, x - s * 0.07, y - s * 0.36);
      c.bezierCurveTo(x - s * 0.17, y - s * 0.4, x - s * 0.17, y - s * 0.5, x - s * 0.12, y - s * 0.52);
      c.lineTo(x + s * 0.12, y - s * 0.52);
      c.bezierCurveTo(x + s * 0.17, y - s * 0.5, x + s * 0.17, y - s * 0.4, x + s * 0.07, y - s * 0.36);
      c.bezierCurveTo(x + s * 0.06, y - s * 0.26, x + s * 0.2, y - s * 0.26, x + s * 0.16, y - s * 0.07);
    },
  );
  b.shape(brass(b, x - s * 0.14, x + s * 0.14), (c) => c.rect(x - s * 0.14, y - s * 0.57, s * 0.28, s * 0.06));
  const hair = (c: Context) => {
    c.moveTo(x - s * 0.12, y - s * 0.57);
    c.bezierCurveTo(x - s * 0.2, y - s * 0.8, x - s * 0.3, y - s * 0.9, x - s * 0.28, y - s * 1.02);
    c.quadraticCurveTo(x, y - s * 1.2, x + s * 0.28, y - s * 1.02);
    c.bezierCurveTo(x + s * 0.3, y - s * 0.9, x + s * 0.2, y - s * 0.8, x + s * 0.12, y - s * 0.57);
  };
  b.shape(
    b.across(0, y - s * 1.14, 0, y - s * 0.57, [
      [0, "#fff2d6"],
      [0.3, "#e9d4ac"],
      [0.46, "#3a2a1c"],
      [0.66, "#6d5338"],
      [1, "#b79b70"],
    ]),
    hair,
  );
  b.within(hair, () => {
    const next = chance(6);
    for (let one = 0; one < 26; one += 1) {
      const to = (next() - 0.5) * 0.56;
      b.line(next() > 0.5 ? "rgb(255 246 224 / 0.3)" : "rgb(40 24 12 / 0.35)", s * 0.012, (c) => {
        c.moveTo(x + s * to * 0.4, y - s * 0.57);
        c.quadraticCurveTo(x + s * to * 0.6, y - s * 0.8, x + s * to, y - s * 1.12);
      });
    }
  });
}

/** Paints an open straight razor with its blade in the light: the handle lies flat, and the blade stands up from it. */
function razor(b: Brush, x: number, y: number, s: number): void {
  b.shape("#24160d", (c) => {
    c.moveTo(x - s * 0.05, y - s * 0.06);
    c.bezierCurveTo(x + s * 0.3, y - s * 0.2, x + s * 0.66, y - s * 0.15, x + s * 0.92, y - s * 0.03);
    c.quadraticCurveTo(x + s * 0.95, y, x + s * 0.88, y);
    c.lineTo(x - s * 0.02, y);
  });
  b.line("rgb(255 206 140 / 0.7)", s * 0.016, (c) => {
    c.moveTo(x, y - s * 0.08);
    c.bezierCurveTo(x + s * 0.3, y - s * 0.195, x + s * 0.66, y - s * 0.15, x + s * 0.9, y - s * 0.04);
  });
  b.c.save();
  b.c.translate(x, y - s * 0.05);
  b.c.rotate(-2.22);
  // Along its own length: the shank, and the blade with its edge and its hollow.
  b.shape("#aab2ab", (c) => {
    c.moveTo(-s * 0.04, -s * 0.035);
    c.quadraticCurveTo(-s * 0.04, s * 0.03, 0, s * 0.03);
    c.lineTo(s * 0.24, s * 0.03);
    c.lineTo(s * 0.24, -s * 0.035);
    c.lineTo(-s * 0.04, -s * 0.035);
  });
  b.shape(
    b.across(0, -s * 0.16, 0, s * 0.05, [
      [0, "#ffffff"],
      [0.16, "#dfe5df"],
      [0.5, "#8e9a93"],
      [0.78, "#f2f4ee"],
      [1, "#828c86"],
    ]),
    (c) => {
      c.moveTo(s * 0.22, s * 0.045);
      c.lineTo(s * 1.0, s * 0.045);
      c.quadraticCurveTo(s * 1.07, -s * 0.04, s * 1.02, -s * 0.16);
      c.lineTo(s * 0.3, -s * 0.16);
      c.quadraticCurveTo(s * 0.27, -s * 0.04, s * 0.22, -s * 0.035);
    },
  );
  b.line("rgb(255 255 255 / 0.9)", s * 0.014, (c) => {
    c.moveTo(s * 0.31, -s * 0.155);
    c.lineTo(s * 1.015, -s * 0.155);
  });
  b.c.restore();
  b.shape("#f4d182", (c) => c.arc(x, y - s * 0.06, s * 0.04, 0, 7));
}

/** Paints whisky in a cut tumbler. */
function tumbler(b: Brush, x: number, y: number, s: number): void {
  const glass = (c: Context) => {
    c.moveTo(x - s * 0.36, y - s * 0.86);
    c.lineTo(x - s * 0.3, y);
    c.lineTo(x + s * 0.3, y);
    c.lineTo(x + s * 0.36, y - s * 0.86);
  };
  b.glow(x, y - s * 0.3, s * 0.9, s * 0.7, "255 150 50", 0.4);
  b.within(glass, () => {
    b.shape("rgb(220 236 214 / 0.16)", (c) => c.rect(x - s, y - s, s * 2, s));
    b.shape(
      b.across(0, y - s * 0.48, 0, y - s * 0.1, [
        [0, "#ffc666"],
        [0.35, "#e08a26"],
        [1, "#8a400c"],
      ]),
      (c) => c.rect(x - s, y - s * 0.48, s * 2, s * 0.38),
    );
    b.shape("rgb(255 224 160 / 0.9)", (c) => c.ellipse(x, y - s * 0.48, s * 0.33, s * 0.045, 0, 0, 7));
    // One large piece of ice, and the cuts of the glass.
    b.shape("rgb(255 244 220 / 0.42)", (c) => c.roundRect(x - s * 0.17, y - s * 0.56, s * 0.28, s * 0.26, s * 0.04));
    for (let cut = -3; cut <= 3; cut += 1) {
      b.line(`rgb(255 240 200 / ${0.24 + 0.12 * Math.sin(b.t * 0.7 + cut * 2)})`, s * 0.018, (c) => {
        c.moveTo(x + s * cut * 0.1, y);
        c.lineTo(x + s * (cut * 0.1 + 0.12), y - s * 0.3);
        c.moveTo(x + s * cut * 0.1, y);
        c.lineTo(x + s * (cut * 0.1 - 0.12), y - s * 0.3);
      });
    }
  });
  b.line("rgb(255 248 226 / 0.8)", s * 0.025, glass);
  b.line("rgb(255 248 226 / 0.55)", s * 0.02, (c) => c.ellipse(x, y - s * 0.86, s * 0.36, s * 0.05, 0, 0, 7));
}

/** Paints the cabinet under the mirror: a slab of pale stone on walnut, with brass knobs. */
function cabinet(b: Brush, x0: number, x1: number, top: number, floor: number): void {
  const { u } = b;
  b.blur(u * 0.05, "rgb(0 0 0 / 0.8)", (c) => c.rect(x0 + u * 0.02, floor - u * 0.02, x1 - x0, u * 0.05));
  b.shape(
    b.across(x0, 0, x1, 0, [
      [0, "#3b2110"],
      [0.5, "#5a3318"],
      [1, "#22120a"],
    ]),
    (c) => c.rect(x0 + u * 0.02, top, x1 - x0 - u * 0.04, floor - top + u * 0.012),
  );
  const drawer = (x1 - x0 - u * 0.04) / 3;
  for (let one = 0; one < 3; one += 1) {
    const x = x0 + u * 0.02 + one * drawer;
    for (const [y, high] of [
      [top + u * 0.05, u * 0.075],
      [top + u * 0.135, floor - top - u * 0.155],
    ] as const) {
      b.shape(
        b.across(x, y, x + drawer, y + high, [
          [0, "rgb(190 120 60 / 0.3)"],
          [0.6, "rgb(60 30 12 / 0.2)"],
          [1, "rgb(0 0 0 / 0.3)"],
        ]),
        (c) => c.rect(x + u * 0.009, y, drawer - u * 0.018, high),
      );
      b.line("rgb(0 0 0 / 0.55)", u * 0.003, (c) => c.rect(x + u * 0.009, y, drawer - u * 0.018, high));
      b.shape("#f0c873", (c) => c.arc(x + drawer / 2, y + Math.min(high / 2, u * 0.04), u * 0.007, 0, 7));
    }
  }
  b.shape("rgb(0 0 0 / 0.5)", (c) => c.rect(x0 + u * 0.02, top + u * 0.026, x1 - x0 - u * 0.04, u * 0.012));
  b.shape(
    b.across(x0, 0, x1, 0, [
      [0, "#d8ceb6"],
      [0.4, "#fff3d8"],
      [1, "#7d7058"],
    ]),
    (c) => c.roundRect(x0, top, x1 - x0, u * 0.027, u * 0.005),
  );
  b.shape("rgb(60 44 20 / 0.35)", (c) => c.rect(x0, top + u * 0.017, x1 - x0, u * 0.01));
}

/** Paints the chair from the side; it faces the mirror. `x`, `foot` is the middle of its base. */
function chair(b: Brush, x: number, foot: number, s: number): void {
  const X = (at: number) => x + s * at;
  const Y = (at: number) => foot - s * at;
  const metal = (from: number, to: number) => brass(b, X(from), X(to));
  const leather = (x0: number, y0: number, x1: number, y1: number) =>
    b.across(X(x0), Y(y0), X(x1), Y(y1), [
      [0, "#e0894c"],
      [0.22, "#a8532a"],
      [0.6, "#6b2d15"],
      [1, "#2c1108"],
    ]);
  b.blur(s * 0.1, "rgb(0 0 0 / 0.9)", (c) => c.ellipse(X(0.02), Y(-0.02), s * 0.4, s * 0.05, 0, 0, 7));
  // The base: a broad foot, a column, and the lever of the pump.
  b.shape(metal(-0.27, 0.27), (c) => {
    c.ellipse(X(0), Y(0.0), s * 0.27, s * 0.046, 0, 0, 7);
    c.moveTo(X(-0.25), Y(0.012));
    c.bezierCurveTo(X(-0.12), Y(0.07), X(-0.09), Y(0.06), X(-0.075), Y(0.12));
    c.lineTo(X(0.075), Y(0.12));
    c.bezierCurveTo(X(0.09), Y(0.06), X(0.12), Y(0.07), X(0.25), Y(0.012));
  });
  b.line("rgb(60 36 8 / 0.6)", s * 0.006, (c) => c.ellipse(X(0), Y(0.012), s * 0.25, s * 0.04, 0, 0.1, Math.PI - 0.1));
  b.shape("#171a17", (c) => c.rect(X(-0.056), Y(0.29), s * 0.112, s * 0.18));
  b.shape(metal(-0.06, 0.06), (c) => c.rect(X(-0.045), Y(0.29), s * 0.09, s * 0.18));
  b.shape(metal(-0.09, 0.09), (c) => c.roundRect(X(-0.09), Y(0.14), s * 0.18, s * 0.035, s * 0.012));
  b.line(metal(0.04, 0.32), s * 0.018, (c) => {
    c.moveTo(X(0.05), Y(0.2));
    c.quadraticCurveTo(X(0.2), Y(0.2), X(0.3), Y(0.31));
  });
  b.shape("#1b0d07", (c) => c.arc(X(0.305), Y(0.318), s * 0.02, 0, 7));
  // The leg rest and the footrest.
  b.line(metal(-0.5, -0.2), s * 0.024, (c) => {
    c.moveTo(X(-0.2), Y(0.33));
    c.lineTo(X(-0.42), Y(0.1));
    c.lineTo(X(-0.53), Y(0.135));
  });
  b.shape(metal(-0.56, -0.38), (c) => {
    c.moveTo(X(-0.555), Y(0.165));
    c.lineTo(X(-0.385), Y(0.105));
    c.lineTo(X(-0.392), Y(0.078));
    c.lineTo(X(-0.565), Y(0.138));
  });
  b.shape(leather(-0.4, 0.3, -0.2, 0.2), (c) => {
    c.moveTo(X(-0.28), Y(0.4));
    c.bezierCurveTo(X(-0.36), Y(0.36), X(-0.4), Y(0.24), X(-0.425), Y(0.19));
    c.quadraticCurveTo(X(-0.39), Y(0.15), X(-0.355), Y(0.18));
    c.bezierCurveTo(X(-0.31), Y(0.24), X(-0.26), Y(0.29), X(-0.2), Y(0.31));
  });
  // The back and its head rest.
  b.shape(metal(0.26, 0.36), (c) => {
    c.moveTo(X(0.29), Y(0.84));
    c.lineTo(X(0.35), Y(1.02));
    c.lineTo(X(0.38), Y(1.01));
    c.lineTo(X(0.325), Y(0.83));
  });
  b.shape(leather(0.22, 1.08, 0.4, 0.96), (c) => {
    c.moveTo(X(0.24), Y(0.99));
    c.bezierCurveTo(X(0.22), Y(1.06), X(0.27), Y(1.12), X(0.34), Y(1.115));
    c.bezierCurveTo(X(0.4), Y(1.11), X(0.41), Y(1.04), X(0.37), Y(0.985));
    c.bezierCurveTo(X(0.34), Y(0.945), X(0.26), Y(0.94), X(0.24), Y(0.99));
  });
  const back = (c: Context) => {
    c.moveTo(X(0.1), Y(0.42));
    c.bezierCurveTo(X(0.1), Y(0.56), X(0.17), Y(0.66), X(0.185), Y(0.78));
    c.bezierCurveTo(X(0.19), Y(0.88), X(0.22), Y(0.93), X(0.3), Y(0.92));
    c.bezierCurveTo(X(0.37), Y(0.91), X(0.4), Y(0.86), X(0.38), Y(0.76));
    c.bezierCurveTo(X(0.35), Y(0.6), X(0.28), Y(0.46), X(0.25), Y(0.32));
    c.lineTo(X(0.12), Y(0.32));
  };
  b.shape(leather(0.1, 0.75, 0.36, 0.6), back);
  b.within(back, () => {
    // The channels of the padding, seen from the side as soft swellings.
    for (let one = 0; one < 5; one += 1) {
      const up = 0.5 + one * 0.095;
      const at = 0.125 + one * 0.02;
      b.glow(X(at), Y(up), s * 0.08, s * 0.05, "255 190 120", 0.32);
      b.line("rgb(30 10 4 / 0.6)", s * 0.008, (c) => {
        c.moveTo(X(at - 0.06), Y(up + 0.05));
        c.quadraticCurveTo(X(at + 0.04), Y(up + 0.055), X(at + 0.1), Y(up + 0.035));
      });
    }
  });
  // Brass nails along the side of the back.
  for (let one = 0; one <= 17; one += 1) {
    const part = one / 17;
    const at = 0.215 + 0.13 * part ** 0.9;
    b.shape("#f6d58c", (c) => c.arc(X(at), Y(0.38 + 0.46 * part), s * 0.0075, 0, 7));
  }
  // The seat on its frame.
  b.shape(metal(-0.28, 0.28), (c) => c.roundRect(X(-0.25), Y(0.33), s * 0.5, s * 0.045, s * 0.015));
  const seat = (c: Context) => c.roundRect(X(-0.31), Y(0.46), s * 0.52, s * 0.135, [s * 0.06, s * 0.03, s * 0.02, s * 0.05]);
  b.shape(
    b.across(0, Y(0.46), 0, Y(0.325), [
      [0, "#f0a05c"],
      [0.2, "#b05a2e"],
      [0.55, "#74321a"],
      [1, "#2c1108"],
    ]),
    seat,
  );
  b.within(seat, () => b.glow(X(-0.25), Y(0.43), s * 0.2, s * 0.08, "255 196 130", 0.4));
  for (let one = 0; one <= 16; one += 1) {
    b.shape("#f6d58c", (c) => c.arc(X(-0.285 + one * 0.0295), Y(0.348), s * 0.0072, 0, 7));
  }
  // The arm: a scroll of brass under a pad.
  b.line(metal(-0.22, 0.2), s * 0.03, (c) => {
    c.moveTo(X(-0.12), Y(0.33));
    c.bezierCurveTo(X(-0.02), Y(0.42), X(-0.26), Y(0.48), X(-0.2), Y(0.6));
    c.lineTo(X(0.2), Y(0.6));
  });
  b.line("#e9bf66", s * 0.014, (c) => c.arc(X(-0.135), Y(0.525), s * 0.034, 2.6, 8));
  b.shape(
    b.across(0, Y(0.68), 0, Y(0.6), [
      [0, "#f2a766"],
      [0.35, "#a9552b"],
      [1, "#3a160a"],
    ]),
    (c) => c.roundRect(X(-0.25), Y(0.672), s * 0.46, s * 0.07, s * 0.035),
  );
  b.shape(metal(0.17, 0.23), (c) => c.arc(X(0.19), Y(0.61), s * 0.028, 0, 7));
  // Light along the surfaces that face the lamps.
  b.line("rgb(255 220 160 / 0.75)", s * 0.007, (c) => {
    c.moveTo(X(0.115), Y(0.5));
    c.bezierCurveTo(X(0.14), Y(0.6), X(0.175), Y(0.68), X(0.187), Y(0.79));
    c.bezierCurveTo(X(0.195), Y(0.87), X(0.225), Y(0.925), X(0.29), Y(0.92));
    c.moveTo(X(0.236), Y(1.0));
    c.bezierCurveTo(X(0.225), Y(1.06), X(0.27), Y(1.115), X(0.34), Y(1.112));
    c.moveTo(X(-0.235), Y(0.668));
    c.lineTo(X(0.16), Y(0.668));
  });
}

export const mensuite: Study = {
  name: "mensuite",
  alt: "A leather and brass barber chair in front of a mirror on dark green paneling. On the shelf are a bowl of lather, a shaving brush, a straight razor, and a glass of whiskey.",
  paint(b) {
    const { h, w, u, m } = b;
    // In a tall picture, text stands below the scene, so the scene moves up and its parts closer together.
    const isBroad = w > h;
    const floor = isBroad ? h * 0.84 : h * 0.62;
    const left = m - u * (isBroad ? 0.55 : 0.565);
    const top = floor - u * 0.26;
    const glass = { x: left + u * 0.29, y: floor - u * 0.52, rx: u * 0.155, ry: u * 0.2 };
    b.fixed("room", (f) => {
      panelling(f, floor);
      f.glow(glass.x, glass.y, u * 0.85, u * 0.7, "255 186 100", 0.26);
      f.glow(m + u * 0.2, floor - u * 0.4, u * 0.6, u * 0.5, "255 180 100", 0.12);
      mirror(f, glass.x, glass.y, glass.rx, glass.ry);
      // The floor: dark boards with light on them.
      f.shape(
        f.across(0, floor, 0, floor + u * 0.3, [
          [0, "#3a2414"],
          [0.5, "#1d1109"],
          [1, "#0b0705"],
        ]),
        (c) => c.rect(0, floor, w, h - floor),
      );
      for (let one = -9; one <= 9; one += 1) {
        f.line("rgb(0 0 0 / 0.4)", u * 0.002, (c) => {
          c.moveTo(m + one * u * 0.16, floor);
          c.lineTo(m + one * u * 0.42, floor + u * 0.5);
        });
      }
      f.glow(m + u * 0.1, floor + u * 0.05, u * 0.75, u * 0.09, "255 190 110", 0.42);
      cabinet(f, left, left + u * 0.58, top, floor);
      f.glow(glass.x, top, u * 0.34, u * 0.05, "255 224 160", 0.4);
      lather(f, left + u * 0.1, top, u * 0.115);
      shaver(f, left + u * 0.205, top, u * 0.14);
      razor(f, left + u * 0.345, top, u * 0.125);
    });
    tumbler(b, left + u * 0.52, top, u * 0.105);
    b.steam(left + u * 0.1, top - u * 0.1, u * 0.07, u * 0.17, "255 236 204", 0.08, 5);
    lamp(b, glass.x - glass.rx - u * 0.07, glass.y - u * 0.08, u * 0.033);
    lamp(b, glass.x + glass.rx + u * 0.07, glass.y - u * 0.08, u * 0.033);
    b.fixed("chair", (f) => {
      if (isBroad) chair(f, m + u * 0.33, floor + u * 0.085, u * 0.72);
      else chair(f, m + u * 0.25, floor + u * 0.085, u * 0.65);
    });
    b.finish(0.62, 0.01);
  },
};
