// Coresync Private: a rose-coloured room for two. A bath with petals on it, two who lean together, silk, a mirror of lights.

import type { Brush, Context, Study } from "./brush";
import { chance, thin } from "./brush";

/** Silk from above to below; `side` is -1 where it is drawn to the left, 1 to the right. */
function silk(b: Brush, x: number, top: number, foot: number, wide: number, side: number): void {
  const { u } = b;
  const tie = top + (foot - top) * 0.62;
  const far = x + side * wide;
  const cloth = (c: Context) => {
    c.moveTo(far, top);
    c.lineTo(x, top);
    c.bezierCurveTo(x + side * wide * 0.02, top + (tie - top) * 0.55, x + side * wide * 0.3, tie - u * 0.1, x + side * wide * 0.66, tie);
    c.bezierCurveTo(x + side * wide * 0.5, tie + u * 0.06, x + side * wide * 0.42, foot - u * 0.1, x + side * wide * 0.36, foot);
    c.lineTo(far, foot);
  };
  b.blur(u * 0.06, "rgb(40 10 18 / 0.5)", cloth);
  b.shape(
    b.across(x, 0, far, 0, [
      [0, "#ffe3d8"],
      [0.3, "#eeb4ac"],
      [0.7, "#b26f74"],
      [1, "#4a222e"],
    ]),
    cloth,
  );
  b.within(cloth, () => {
    // Folds: each runs to the tie, and from it.
    for (let fold = 0; fold <= 11; fold += 1) {
      const part = fold / 11;
      const at = x + side * wide * part;
      const knot = x + side * wide * (0.66 + 0.3 * part);
      const low = x + side * wide * (0.36 + 0.64 * part);
      const dark = fold % 2 === 0;
      b.blur(u * 0.022, dark ? "rgb(92 34 48 / 0.62)" : "rgb(255 236 226 / 0.42)", (c) => {
        const half = u * (dark ? 0.011 : 0.007);
        c.moveTo(at - half, top);
        c.bezierCurveTo(at - half, top + (tie - top) * 0.55, knot - half * 0.4, tie - u * 0.1, knot - half * 0.3, tie);
        c.bezierCurveTo(knot - half, tie + u * 0.06, low - half, foot - u * 0.1, low - half, foot);
        c.lineTo(low + half, foot);
        c.bezierCurveTo(low + half, foot - u * 0.1, knot + half, tie + u * 0.06, knot + half * 0.3, tie);
        c.bezierCurveTo(knot + half * 0.4, tie - u * 0.1, at + half, top + (tie - top) * 0.55, at + half, top);
      });
    }
  });
  b.line("#f4d9a0", u * 0.012, (c) => {
    c.moveTo(x + side * wide * 0.64, tie - u * 0.004);
    c.quadraticCurveTo(x + side * wide * 0.82, tie + u * 0.02, far, tie - u * 0.01);
  });
}

/** A round mirror ringed with soft bulbs. What it shows is steam and light. */
function vanity(b: Brush, x: number, y: number, r: number): void {
  b.glow(x, y, r * 3, r * 2.6, "255 180 150", 0.3);
  b.shape(
    b.across(x - r, y - r, x + r, y + r, [
      [0, "#c98f58"],
      [0.5, "#8a5434"],
      [1, "#6d3c2a"],
    ]),
    (c) => c.arc(x, y, r * 1.17, 0, 7),
  );
  b.shape(
    b.round(x - r * 0.2, y + r * 0.5, r * 1.7, [
      [0, "#ffe0d0"],
      [0.4, "#e2a79e"],
      [1, "#8e5460"],
    ]),
    (c) => c.arc(x, y, r * 0.98, 0, 7),
  );
  b.within(
    (c) => c.arc(x, y, r * 0.98, 0, 7),
    () =>
      b.shape("rgb(255 255 255 / 0.14)", (c) => {
        c.moveTo(x - r * 0.1, y - r);
        c.lineTo(x + r * 0.35, y - r);
        c.lineTo(x - r * 0.3, y + r);
        c.lineTo(x - r * 0.75, y + r);
      }),
  );
  const count = 18;
  for (let one = 0; one < count; one += 1) {
    const turn = (one / count) * Math.PI * 2 - Math.PI / 2;
    const at = { x: x + Math.cos(turn) * r * 1.08, y: y + Math.sin(turn) * r * 1.08 };
    const beat = 0.9 + 0.1 * Math.sin(b.t * 0.8 + one * 2.4);
    b.glow(at.x, at.y, r * 0.3, r * 0.3, "255 196 140", 0.42 * beat);
    b.shape("#fff6e2", (c) => c.arc(at.x, at.y, r * 0.056, 0, 7));
  }
}

/** A rose, open: a heart, and petals around it. */
function rose(b: Brush, x: number, y: number, r: number, hue: [string, string, string], seed: number): void {
  const next = chance(seed);
  for (const [ring, count] of [5, 5, 4, 3].entries()) {
    const far = r * (0.62 - ring * 0.17);
    const size = r * (0.56 - ring * 0.1);
    const shift = next() * 6;
    for (let one = 0; one < count; one += 1) {
      const turn = shift + (one / count) * 6.283;
      const at = { x: x + Math.cos(turn) * far, y: y + Math.sin(turn) * far * 0.8 };
      b.shape(
        b.round(at.x - size * 0.2, at.y - size * 0.4, size * 1.3, [
          [0, hue[0]],
          [0.6, hue[1]],
          [1, hue[2]],
        ]),
        (c) => c.ellipse(at.x, at.y, size, size * 0.84, turn, 0, 7),
      );
    }
  }
}

/** Roses in a bowl of glass, on the ledge. */
function bunch(b: Brush, x: number, y: number, s: number): void {
  const leaf = chance(3);
  for (let one = 0; one < 9; one += 1) {
    const at = x + (leaf() - 0.5) * s * 1.3;
    const up = y - s * (0.4 + 0.4 * leaf());
    b.shape(`rgb(${70 + 30 * leaf()} ${82 + 26 * leaf()} 66)`, (c) => c.ellipse(at, up, s * 0.2, s * 0.07, leaf() * 3 - 1.5, 0, 7));
  }
  b.shape(
    b.across(x - s * 0.34, 0, x + s * 0.34, 0, [
      [0, "rgb(255 240 232 / 0.75)"],
      [0.4, "rgb(226 170 164 / 0.6)"],
      [1, "rgb(140 84 90 / 0.75)"],
    ]),
    (c) => {
      c.moveTo(x - s * 0.24, y - s * 0.44);
      c.bezierCurveTo(x - s * 0.46, y - s * 0.2, x - s * 0.3, y, x - s * 0.16, y);
      c.lineTo(x + s * 0.16, y);
      c.bezierCurveTo(x + s * 0.3, y, x + s * 0.46, y - s * 0.2, x + s * 0.24, y - s * 0.44);
    },
  );
  const blush: [string, string, string] = ["#fff0e8", "#f2b8b0", "#b8686e"];
  const deep: [string, string, string] = ["#ffc9c4", "#d96c7c", "#7c2438"];
  for (const [dx, dy, size, hue] of [
    [-0.42, 0.62, 0.27, deep],
    [0.44, 0.6, 0.26, blush],
    [0.02, 0.92, 0.28, blush],
    [-0.24, 0.78, 0.25, blush],
    [0.26, 0.82, 0.26, deep],
    [0.0, 0.55, 0.32, deep],
  ] as const) {
    rose(b, x + s * dx, y - s * dy, s * size, [...hue], Math.round(dx * 50 + 90));
  }
}

/** A petal on the water. */
function petal(b: Brush, x: number, y: number, s: number, turn: number, colour: string): void {
  b.shape("rgb(96 30 44 / 0.35)", (c) => c.ellipse(x + s * 0.1, y + s * 0.22, s, s * 0.36, 0, 0, 7));
  b.c.save();
  b.c.translate(x, y);
  b.c.scale(1, 0.5);
  b.c.rotate(turn);
  b.shape(colour, (c) => {
    c.moveTo(-s, 0);
    c.bezierCurveTo(-s * 0.7, -s * 0.9, s * 0.7, -s * 0.9, s, -s * 0.1);
    c.quadraticCurveTo(s * 0.7, 0, s, s * 0.2);
    c.bezierCurveTo(s * 0.6, s * 0.8, -s * 0.7, s * 0.7, -s, 0);
  });
  b.line("rgb(255 246 240 / 0.5)", s * 0.12, (c) => {
    c.moveTo(-s * 0.7, -s * 0.2);
    c.quadraticCurveTo(0, -s * 0.7, s * 0.7, -s * 0.3);
  });
  b.c.restore();
}

/** Skin in the light of the mirror: bright at the edges, dark in the middle, for the light is behind. */
function skin(b: Brush, x: number, half: number, warm: boolean): CanvasGradient {
  return b.across(
    x - half,
    0,
    x + half,
    0,
    warm
      ? [
          [0, "#ffd2b4"],
          [0.18, "#cf8d72"],
          [0.5, "#a05f4e"],
          [0.82, "#c98468"],
          [1, "#ffcfae"],
        ]
      : [
          [0, "#f0b48e"],
          [0.18, "#a0644a"],
          [0.5, "#6f4033"],
          [0.82, "#985c44"],
          [1, "#ecae86"],
        ],
  );
}

/** She: a towel wound around her hair, seen from behind. `x`, `y` is the nape. */
function woman(b: Brush, x: number, y: number, s: number): void {
  const body = (c: Context) => {
    c.moveTo(x - s * 0.08, y - s * 0.2);
    c.bezierCurveTo(x - s * 0.1, y + s * 0.02, x - s * 0.13, y + s * 0.07, x - s * 0.26, y + s * 0.12);
    c.bezierCurveTo(x - s * 0.42, y + s * 0.16, x - s * 0.48, y + s * 0.26, x - s * 0.48, y + s * 0.46);
    c.lineTo(x - s * 0.46, y + s * 1.1);
    c.lineTo(x + s * 0.46, y + s * 1.1);
    c.lineTo(x + s * 0.47, y + s * 0.46);
    c.bezierCurveTo(x + s * 0.46, y + s * 0.26, x + s * 0.42, y + s * 0.16, x + s * 0.27, y + s * 0.11);
    c.bezierCurveTo(x + s * 0.14, y + s * 0.06, x + s * 0.12, y + s * 0.02, x + s * 0.13, y - s * 0.2);
  };
  b.shape(skin(b, x, s * 0.48, true), body);
  b.within(body, () => {
    // The line of the back, and the blades of the shoulders.
    b.blur(s * 0.07, "rgb(84 34 30 / 0.6)", (c) => c.ellipse(x + s * 0.01, y + s * 0.6, s * 0.03, s * 0.42, 0, 0, 7));
    for (const side of [-1, 1]) {
      b.blur(s * 0.06, "rgb(96 42 36 / 0.5)", (c) => c.ellipse(x + side * s * 0.2, y + s * 0.46, s * 0.03, s * 0.16, side * -0.3, 0, 7));
      b.glow(x + side * s * 0.3, y + s * 0.2, s * 0.2, s * 0.1, "255 200 160", 0.34);
    }
    b.blur(s * 0.08, "rgb(84 34 30 / 0.6)", (c) => c.ellipse(x, y - s * 0.12, s * 0.12, s * 0.07, 0, 0, 7));
  });
  b.line("rgb(255 226 200 / 0.7)", s * 0.012, (c) => {
    c.moveTo(x - s * 0.478, y + s * 0.46);
    c.bezierCurveTo(x - s * 0.478, y + s * 0.26, x - s * 0.418, y + s * 0.163, x - s * 0.26, y + s * 0.123);
  });
  // Her head leans. The towel is wound, and tucked in above.
  b.c.save();
  b.c.translate(x + s * 0.02, y - s * 0.04);
  b.c.rotate(0.24);
  b.c.translate(-x, -y);
  const head = (c: Context) => {
    c.moveTo(x - s * 0.16, y - s * 0.12);
    c.bezierCurveTo(x - s * 0.28, y - s * 0.24, x - s * 0.32, y - s * 0.5, x - s * 0.22, y - s * 0.66);
    c.bezierCurveTo(x - s * 0.12, y - s * 0.84, x + s * 0.16, y - s * 0.86, x + s * 0.25, y - s * 0.66);
    c.bezierCurveTo(x + s * 0.33, y - s * 0.5, x + s * 0.27, y - s * 0.24, x + s * 0.17, y - s * 0.13);
    c.quadraticCurveTo(x, y - s * 0.06, x - s * 0.16, y - s * 0.12);
  };
  b.shape(
    b.across(x - s * 0.32, 0, x + s * 0.32, 0, [
      [0, "#fffaf4"],
      [0.22, "#eec8be"],
      [0.55, "#d0a09a"],
      [0.85, "#ecc6ba"],
      [1, "#fff6ee"],
    ]),
    head,
  );
  b.within(head, () => {
    // The folds, each a soft line made of ever finer ones: a shadow would not turn with the head.
    for (const [x0, y0, bend, x1, y1] of [
      [-0.3, 0.34, -0.06, 0.1, 0.84],
      [-0.28, 0.22, 0.06, 0.26, 0.74],
      [-0.06, 0.14, 0.16, 0.3, 0.5],
      [-0.32, 0.5, -0.16, -0.06, 0.84],
    ] as const) {
      for (let fine = 0; fine < 5; fine += 1) {
        b.line("rgb(128 70 76 / 0.085)", s * (0.09 - fine * 0.015), (c) => {
          c.moveTo(x + s * x0, y - s * y0);
          c.quadraticCurveTo(x + s * bend, y - s * (y0 + 0.1), x + s * x1, y - s * y1);
        });
      }
      b.line("rgb(255 250 246 / 0.45)", s * 0.012, (c) => {
        c.moveTo(x + s * x0, y - s * (y0 - 0.035));
        c.quadraticCurveTo(x + s * (bend + 0.03), y - s * (y0 + 0.065), x + s * (x1 + 0.03), y - s * (y1 - 0.02));
      });
    }
  });
  b.shape(
    b.across(x - s * 0.12, y - s * 0.9, x + s * 0.2, y - s * 0.7, [
      [0, "#fff8f0"],
      [0.5, "#dcb2aa"],
      [1, "#fff0e6"],
    ]),
    (c) => {
      c.moveTo(x - s * 0.16, y - s * 0.72);
      c.bezierCurveTo(x - s * 0.2, y - s * 0.92, x + s * 0.1, y - s * 0.98, x + s * 0.2, y - s * 0.84);
      c.bezierCurveTo(x + s * 0.24, y - s * 0.76, x + s * 0.12, y - s * 0.68, x + s * 0.02, y - s * 0.7);
      c.bezierCurveTo(x - s * 0.06, y - s * 0.72, x - s * 0.1, y - s * 0.66, x - s * 0.16, y - s * 0.72);
    },
  );
  b.c.restore();
}

/** He: short dark hair, broad shoulders, seen from behind. `x`, `y` is the nape. */
function man(b: Brush, x: number, y: number, s: number): void {
  const body = (c: Context) => {
    c.moveTo(x - s * 0.16, y - s * 0.2);
    c.bezierCurveTo(x - s * 0.16, y + s * 0.0, x - s * 0.2, y + s * 0.05, x - s * 0.38, y + s * 0.1);
    c.bezierCurveTo(x - s * 0.58, y + s * 0.14, x - s * 0.66, y + s * 0.28, x - s * 0.68, y + s * 0.52);
    c.lineTo(x - s * 0.68, y + s * 1.1);
    c.lineTo(x + s * 0.68, y + s * 1.1);
    c.lineTo(x + s * 0.68, y + s * 0.52);
    c.bezierCurveTo(x + s * 0.66, y + s * 0.28, x + s * 0.58, y + s * 0.14, x + s * 0.38, y + s * 0.1);
    c.bezierCurveTo(x + s * 0.2, y + s * 0.05, x + s * 0.16, y + s * 0.0, x + s * 0.16, y - s * 0.2);
  };
  b.shape(skin(b, x, s * 0.68, false), body);
  b.within(body, () => {
    b.blur(s * 0.08, "rgb(48 20 18 / 0.6)", (c) => c.ellipse(x, y + s * 0.62, s * 0.035, s * 0.42, 0, 0, 7));
    for (const side of [-1, 1]) {
      b.blur(s * 0.07, "rgb(56 24 20 / 0.5)", (c) => c.ellipse(x + side * s * 0.28, y + s * 0.5, s * 0.04, s * 0.18, side * -0.35, 0, 7));
      b.glow(x + side * s * 0.44, y + s * 0.2, s * 0.24, s * 0.1, "255 190 140", 0.34);
    }
    b.blur(s * 0.08, "rgb(40 16 16 / 0.6)", (c) => c.ellipse(x, y - s * 0.14, s * 0.17, s * 0.08, 0, 0, 7));
  });
  b.line("rgb(255 206 166 / 0.7)", s * 0.012, (c) => {
    c.moveTo(x + s * 0.676, y + s * 0.52);
    c.bezierCurveTo(x + s * 0.656, y + s * 0.28, x + s * 0.576, y + s * 0.143, x + s * 0.38, y + s * 0.103);
  });
  // His head leans to hers: ears, hair cut short at the nape, light on the crown.
  b.c.save();
  b.c.translate(x, y - s * 0.06);
  b.c.rotate(-0.16);
  b.c.translate(-x, -y);
  for (const side of [-1, 1]) {
    b.shape("#d08c66", (c) => c.ellipse(x + side * s * 0.25, y - s * 0.36, s * 0.042, s * 0.08, side * 0.2, 0, 7));
  }
  const hair = (c: Context) => {
    c.moveTo(x - s * 0.15, y - s * 0.04);
    c.bezierCurveTo(x - s * 0.17, y - s * 0.16, x - s * 0.24, y - s * 0.24, x - s * 0.25, y - s * 0.42);
    c.bezierCurveTo(x - s * 0.285, y - s * 0.7, x - s * 0.14, y - s * 0.8, x + s * 0.0, y - s * 0.8);
    c.bezierCurveTo(x + s * 0.15, y - s * 0.8, x + s * 0.285, y - s * 0.7, x + s * 0.25, y - s * 0.42);
    c.bezierCurveTo(x + s * 0.24, y - s * 0.24, x + s * 0.17, y - s * 0.16, x + s * 0.16, y - s * 0.04);
    c.quadraticCurveTo(x, y + s * 0.0, x - s * 0.15, y - s * 0.04);
  };
  b.shape(
    b.across(0, y - s * 0.8, 0, y - s * 0.02, [
      [0, "#6b3c28"],
      [0.3, "#2a140d"],
      [0.72, "#1f0f0a"],
      [0.86, "#24120c"],
      [1, "rgb(60 32 24 / 0.2)"],
    ]),
    hair,
  );
  b.within(hair, () => {
    const next = chance(17);
    for (let one = 0; one < 60; one += 1) {
      const turn = next() * 6.283;
      const far = s * (0.06 + 0.3 * next());
      const at = { x: x + s * 0.03 + Math.cos(turn) * far, y: y - s * 0.58 + Math.sin(turn) * far * 1.2 };
      b.line(next() > 0.5 ? "rgb(190 120 84 / 0.13)" : "rgb(8 2 2 / 0.2)", s * 0.014, (c) => {
        c.moveTo(at.x, at.y);
        c.quadraticCurveTo(at.x + Math.cos(turn + 0.8) * s * 0.06, at.y + Math.sin(turn + 0.8) * s * 0.06, at.x + Math.cos(turn + 0.3) * s * 0.12, at.y + Math.sin(turn + 0.3) * s * 0.12);
      });
    }
  });
  b.line("rgb(255 196 156 / 0.6)", s * 0.014, (c) => {
    c.moveTo(x - s * 0.25, y - s * 0.53);
    c.bezierCurveTo(x - s * 0.24, y - s * 0.72, x - s * 0.12, y - s * 0.793, x, y - s * 0.793);
    c.bezierCurveTo(x + s * 0.12, y - s * 0.793, x + s * 0.24, y - s * 0.72, x + s * 0.25, y - s * 0.53);
  });
  b.c.restore();
}

/** A bath of pale marble, and the water in it; `front` paints what stands before those who sit there. */
function bath(b: Brush, x: number, y: number, rx: number, ry: number): void {
  b.shape(
    b.across(x - rx, 0, x + rx, 0, [
      [0, "#8a5c5e"],
      [0.3, "#f7d9cf"],
      [0.6, "#ffeae2"],
      [1, "#8a5c5e"],
    ]),
    (c) => c.ellipse(x, y, rx, ry, 0, 0, 7),
  );
  const surface = (c: Context) => c.ellipse(x, y + ry * 0.06, rx * 0.91, ry * 0.86, 0, 0, 7);
  b.within(surface, () => {
    b.shape(
      b.across(0, y - ry * 0.85, 0, y + ry, [
        [0, "#6e2f40"],
        [0.2, "#b86a74"],
        [0.5, "#d99490"],
        [1, "#8a4454"],
      ]),
      (c) => c.rect(x - rx, y - ry, rx * 2, ry * 2),
    );
    b.glow(x, y - ry * 0.4, rx * 0.42, ry * 0.8, "255 206 176", 0.42);
    const next = chance(21);
    for (let one = 0; one < 44; one += 1) {
      const down = next();
      const at = x + (next() - 0.5) * 1.7 * rx * Math.sqrt(Math.max(0, 1 - (down * 2 - 1) ** 2));
      const beat = 0.5 + 0.5 * Math.sin(b.t * (0.5 + next()) + next() * 9);
      b.line(thin(next() > 0.4 ? "255 244 234" : "150 70 84", 0.42 * beat), Math.max(0.6, ry * 0.014), (c) => {
        const row = y + (down - 0.5) * ry * 1.7;
        c.moveTo(at - rx * 0.05 * next(), row);
        c.quadraticCurveTo(at, row + ry * 0.025, at + rx * 0.06 * next(), row);
      });
    }
    const drift = chance(12);
    const colours = ["#d4304e", "#ea6a86", "#f9b4bc", "#b01e3e", "#ffdcd8"];
    for (let one = 0; one < 48; one += 1) {
      const turn = drift() * 6.283;
      const far = Math.sqrt(drift()) * 0.94;
      const sway = Math.sin(b.t * 0.3 + one * 1.7);
      const at = { x: x + Math.cos(turn) * far * rx * 0.88 + sway * rx * 0.006, y: y + ry * 0.06 + Math.sin(turn) * far * ry * 0.8 };
      petal(b, at.x, at.y, rx * (0.025 + 0.016 * drift()) * (1 + 0.35 * Math.sin(turn)), drift() * 6 + sway * 0.06, colours[one % 5] ?? "#d4405c");
    }
  });
  b.line("rgb(120 60 66 / 0.5)", rx * 0.006, surface);
}

/** The near side of the bath: its rim, its wall, and the light along them. */
function front(b: Brush, x: number, y: number, rx: number, ry: number): void {
  const { w, h } = b;
  const deep = ry * 1.3;
  const wall = (c: Context) => {
    c.moveTo(x - rx, y);
    c.ellipse(x, y, rx, ry, 0, Math.PI, 0, true);
    c.lineTo(x + rx * 0.94, y + deep);
    c.ellipse(x, y + deep, rx * 0.94, ry * 0.94, 0, 0, Math.PI);
    c.closePath();
  };
  b.blur(ry * 0.5, "rgb(30 6 14 / 0.8)", (c) => c.ellipse(x, y + deep + ry * 0.25, rx * 1.02, ry * 0.9, 0, 0, 7));
  b.shape(
    b.across(x - rx, 0, x + rx, 0, [
      [0, "#2c1219"],
      [0.22, "#8f5a5c"],
      [0.46, "#e2b4aa"],
      [0.7, "#925c60"],
      [1, "#2c1219"],
    ]),
    wall,
  );
  b.within(wall, () => {
    b.shape(
      b.across(0, y + ry * 0.4, 0, y + deep + ry, [
        [0, "rgb(60 20 30 / 0)"],
        [1, "rgb(36 10 18 / 0.85)"],
      ]),
      (c) => c.rect(0, y, w, h),
    );
    // Veins of the marble.
    const next = chance(33);
    for (let one = 0; one < 9; one += 1) {
      const at = x + (next() - 0.5) * rx * 1.8;
      const lean = (next() - 0.5) * rx * 0.3;
      b.line("rgb(110 56 64 / 0.28)", rx * 0.004, (c) => {
        c.moveTo(at, y);
        c.bezierCurveTo(at + lean, y + ry, at - lean * 0.4, y + ry * 1.4, at + lean * 1.3, y + ry * 2.4);
      });
    }
  });
  // The rim: the strip between water and edge.
  b.c.fillStyle = b.across(x - rx, 0, x + rx, 0, [
    [0, "#7c4c50"],
    [0.3, "#f0cabf"],
    [0.5, "#fff2ea"],
    [0.7, "#f0cabf"],
    [1, "#7c4c50"],
  ]);
  b.c.beginPath();
  b.c.ellipse(x, y, rx, ry, 0, 0, Math.PI);
  b.c.ellipse(x, y + ry * 0.06, rx * 0.91, ry * 0.86, 0, Math.PI, 0, true);
  b.c.fill();
  b.line("rgb(255 250 244 / 0.7)", rx * 0.004, (c) => c.ellipse(x, y + ry * 0.02, rx * 0.99, ry * 0.99, 0, 0.25, Math.PI - 0.25));
}

export const privately: Study = {
  name: "private",
  alt: "A rose-coloured room with silk curtains and a round mirror ringed with soft lights; two people, she with a towel around her hair, lean together in a marble bath strewn with rose petals.",
  paint(b) {
    const { h, w, u, m } = b;
    const isBroad = w > h;
    const water = isBroad ? h * 0.66 : h * 0.5;
    const ledge = water - u * 0.16;
    const glass = { x: m, y: ledge - u * 0.265, r: u * 0.165 };
    b.fixed("room", (f) => {
      f.fade(
        [
          [0, "#3a1b26"],
          [0.45, "#7c454e"],
          [0.85, "#b4767a"],
          [1, "#925760"],
        ],
        0,
        ledge + u * 0.06,
      );
      f.glow(glass.x, glass.y, u * 0.9, u * 0.7, "255 176 156", 0.32);
      // The ledge behind the bath, and the floor.
      f.shape(
        f.across(0, ledge, 0, h, [
          [0, "#a8686a"],
          [0.3, "#643844"],
          [1, "#1c0b12"],
        ]),
        (c) => c.rect(0, ledge, w, h - ledge),
      );
      f.shape(
        f.across(m - u * 0.7, 0, m + u * 0.7, 0, [
          [0, "#7a4a4e"],
          [0.5, "#f6d3c6"],
          [1, "#7a4a4e"],
        ]),
        (c) => c.rect(0, ledge, w, u * 0.02),
      );
      silk(f, m - u * (isBroad ? 0.4 : 0.33), -u * 0.05, ledge + u * 0.22, u * (isBroad ? 0.42 : 0.24), -1);
      silk(f, m + u * (isBroad ? 0.4 : 0.33), -u * 0.05, ledge + u * 0.22, u * (isBroad ? 0.42 : 0.24), 1);
    });
    vanity(b, glass.x, glass.y, glass.r);
    b.fixed("flowers", (f) => bunch(f, m + u * 0.335, ledge, u * 0.13));
    bath(b, m, water, u * 0.53, u * 0.15);
    b.fixed("two", (f) => {
      man(f, m + u * 0.1, water - u * 0.005, u * 0.24);
      woman(f, m - u * 0.095, water + u * 0.012, u * 0.235);
      front(f, m, water, u * 0.53, u * 0.15);
    });
    b.steam(m, water, u * 0.7, u * 0.16, "255 226 214", 0.03, 6);
    b.finish(0.6, 0.006);
  },
};
