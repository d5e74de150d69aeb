// The light study of the backyard: a long table that is laid for many, under a string of lights, and a fire bowl beside
// it.

import type { Brush, Study } from "./brush";
import { chance } from "./brush";
import { candle, fire } from "./things";

/**
 * Paints a chair at the table, seen from its back: two posts, rungs, and a seat. `near` chairs are on the viewer's side
 * and dark.
 */
function seat(b: Brush, x: number, foot: number, s: number, near: boolean): void {
  const wood = near
    ? b.across(0, foot - s, 0, foot, [
        [0, "#4a2a17"],
        [1, "#150b07"],
      ])
    : b.across(0, foot - s, 0, foot, [
        [0, "#c98d52"],
        [1, "#5a3418"],
      ]);
  if (near) b.blur(s * 0.09, "rgb(0 0 0 / 0.7)", (c) => c.ellipse(x, foot + s * 0.02, s * 0.3, s * 0.04, 0, 0, 7));
  for (const side of [-1, 1]) {
    b.line(wood, s * 0.055, (c) => {
      c.moveTo(x + side * s * 0.2, foot - s);
      c.lineTo(x + side * s * 0.22, foot);
    });
  }
  b.line(wood, s * 0.07, (c) => {
    c.moveTo(x - s * 0.2, foot - s * 0.97);
    c.quadraticCurveTo(x, foot - s * 1.03, x + s * 0.2, foot - s * 0.97);
  });
  b.line(wood, s * 0.04, (c) => {
    for (const up of [0.83, 0.7]) {
      c.moveTo(x - s * 0.2, foot - s * up);
      c.lineTo(x + s * 0.2, foot - s * up);
    }
    c.moveTo(x - s * 0.21, foot - s * 0.2);
    c.lineTo(x + s * 0.21, foot - s * 0.2);
  });
  b.shape(wood, (c) => c.roundRect(x - s * 0.24, foot - s * 0.5, s * 0.48, s * 0.09, s * 0.03));
  // The string lights shine on the rail and on the posts.
  b.line(near ? "rgb(255 190 110 / 0.55)" : "rgb(255 226 160 / 0.6)", s * 0.018, (c) => {
    c.moveTo(x - s * 0.21, foot - s * 0.995);
    c.quadraticCurveTo(x, foot - s * 1.055, x + s * 0.21, foot - s * 0.995);
  });
}

/**
 * Paints the table with its linen, seen from the long side, from `x0` to `x1`. `y` is its far edge, and `deep` the
 * visible depth of its top.
 */
function board(b: Brush, x0: number, x1: number, y: number, deep: number, foot: number): void {
  const { u } = b;
  const wide = x1 - x0;
  b.blur(u * 0.04, "rgb(0 0 0 / 0.8)", (c) => c.ellipse((x0 + x1) / 2, foot, wide * 0.54, u * 0.03, 0, 0, 7));
  for (const at of [0.06, 0.5, 0.94]) b.shape("#1a0e08", (c) => c.rect(x0 + wide * at - u * 0.011, y + deep, u * 0.022, foot - y - deep));
  // The hanging part of the table cloth, in folds.
  const drop = y + deep + u * 0.075;
  b.shape(
    b.across(0, y + deep, 0, drop, [
      [0, "#d9b98a"],
      [1, "#6d4a2a"],
    ]),
    (c) => {
      c.moveTo(x0 - u * 0.02, y + deep);
      c.lineTo(x1 + u * 0.02, y + deep);
      for (let fold = 0; fold <= 24; fold += 1) {
        const at = x1 + u * 0.02 - (fold / 24) * (wide + u * 0.04);
        c.quadraticCurveTo(at + wide / 48, drop + u * 0.012, at, drop - u * 0.004 * (fold % 3));
      }
    },
  );
  for (let fold = 1; fold < 24; fold += 1) {
    const at = x0 + (fold / 24) * wide;
    b.shape(
      b.across(at - u * 0.01, 0, at + u * 0.01, 0, [
        [0, "rgb(50 24 8 / 0)"],
        [0.5, "rgb(50 24 8 / 0.4)"],
        [1, "rgb(50 24 8 / 0)"],
      ]),
      (c) => c.rect(at - u * 0.01, y + deep + u * 0.004, u * 0.02, drop - y - deep - u * 0.006),
    );
  }
  // The table top.
  b.shape(
    b.across(0, y, 0, y + deep, [
      [0, "#d8b988"],
      [0.6, "#fbe9c6"],
      [1, "#ffe9c0"],
    ]),
    (c) => {
      c.moveTo(x0 + u * 0.025, y);
      c.lineTo(x1 - u * 0.025, y);
      c.lineTo(x1 + u * 0.02, y + deep);
      c.lineTo(x0 - u * 0.02, y + deep);
    },
  );
}

/** Paints an empty wine glass. */
function glass(b: Brush, x: number, y: number, s: number): void {
  b.line("rgb(255 240 214 / 0.8)", s * 0.06, (c) => {
    c.moveTo(x - s * 0.18, y);
    c.lineTo(x + s * 0.18, y);
    c.moveTo(x, y);
    c.lineTo(x, y - s * 0.45);
  });
  b.shape("rgb(255 236 200 / 0.34)", (c) => {
    c.moveTo(x - s * 0.2, y - s);
    c.bezierCurveTo(x - s * 0.32, y - s * 0.6, x - s * 0.14, y - s * 0.44, x, y - s * 0.44);
    c.bezierCurveTo(x + s * 0.14, y - s * 0.44, x + s * 0.32, y - s * 0.6, x + s * 0.2, y - s);
  });
  b.line("rgb(255 248 228 / 0.85)", s * 0.045, (c) => {
    c.moveTo(x - s * 0.2, y - s);
    c.bezierCurveTo(x - s * 0.32, y - s * 0.6, x - s * 0.14, y - s * 0.44, x, y - s * 0.44);
    c.bezierCurveTo(x + s * 0.14, y - s * 0.44, x + s * 0.32, y - s * 0.6, x + s * 0.2, y - s);
  });
}

/** Paints a plate with a folded napkin on it. */
function plate(b: Brush, x: number, y: number, s: number): void {
  b.shape("rgb(90 54 24 / 0.4)", (c) => c.ellipse(x, y + s * 0.06, s * 0.52, s * 0.15, 0, 0, 7));
  b.shape("#fffaf0", (c) => c.ellipse(x, y, s * 0.5, s * 0.14, 0, 0, 7));
  b.line("rgb(190 140 80 / 0.7)", s * 0.025, (c) => c.ellipse(x, y, s * 0.36, s * 0.09, 0, 0, 7));
  b.shape("#8d2f2c", (c) => {
    c.moveTo(x - s * 0.16, y + s * 0.03);
    c.lineTo(x, y - s * 0.34);
    c.lineTo(x + s * 0.16, y + s * 0.03);
  });
  b.shape("rgb(255 190 150 / 0.35)", (c) => {
    c.moveTo(x - s * 0.16, y + s * 0.03);
    c.lineTo(x, y - s * 0.34);
    c.lineTo(x - s * 0.02, y + s * 0.03);
  });
}

export const garden: Study = {
  name: "backyard",
  alt: "A walled city garden at night: a long table set for many under string lights, with candles, chairs on both sides, a fire bowl, and a maple.",
  paint(b) {
    const { h, w, u, m } = b;
    const ground = h * 0.72;
    b.fixed("yard", (f) => {
      f.fade([
        [0, "#0d1226"],
        [0.4, "#26305a"],
        [0.6, "#54486a"],
      ]);
      f.stars(70, h * 0.3, 0.6, 2);
      // The houses behind.
      const next = chance(14);
      for (let one = 0; one < 12; one += 1) {
        const x = (one / 11) * w - u * 0.1;
        const wide = u * (0.14 + 0.1 * next());
        const top = h * (0.06 + 0.22 * next());
        f.shape(`rgb(${22 + 8 * next()} ${22 + 6 * next()} ${40 + 8 * next()})`, (c) => c.rect(x, top, wide, ground - top));
        for (let y = top + u * 0.035; y < h * 0.44; y += u * 0.062) {
          for (let at = x + u * 0.026; at < x + wide - u * 0.03; at += u * 0.05) {
            const light = next();
            f.shape(light > 0.72 ? `rgb(255 ${180 + 50 * next()} 110 / 0.8)` : "rgb(8 10 22 / 0.7)", (c) => c.rect(at, y, u * 0.021, u * 0.032));
          }
        }
      }
      // The brick wall.
      const top = h * 0.44;
      f.shape("#301a15", (c) => c.rect(0, top, w, ground - top));
      const high = u * 0.0255;
      for (let y = top, row = 0; y < ground; y += high, row += 1) {
        for (let x = -(row % 2) * high * 1.3; x < w; x += high * 2.6) {
          const shade = next();
          const light = Math.exp(-(((x - m) / (u * 0.75)) ** 2));
          f.shape(`rgb(${52 + 14 * shade + 66 * light} ${29 + 7 * shade + 26 * light} ${24 + 4 * shade + 10 * light})`, (c) =>
            c.rect(x, y, high * 2.6 - u * 0.003, high - u * 0.003),
          );
        }
      }
      f.shape("#50382c", (c) => c.rect(0, top - u * 0.014, w, u * 0.016));
      // Ivy.
      for (let one = 0; one < 420; one += 1) {
        const side = next() > 0.5 ? 1 : -1;
        const x = m + side * u * (0.5 + 0.5 * next() ** 0.7);
        const y = top - u * 0.02 + (ground - top) * next() ** 1.4;
        const light = Math.exp(-(((x - m) / (u * 0.7)) ** 2));
        f.shape(`rgb(${18 + 70 * light + 14 * next()} ${34 + 60 * light + 26 * next()} ${22 + 16 * light} / 0.9)`, (c) =>
          c.ellipse(x, y, u * (0.005 + 0.009 * next()), u * (0.004 + 0.006 * next()), next() * 6, 0, 7),
        );
      }
      f.shape(
        f.across(0, ground, 0, h, [
          [0, "#3b2a20"],
          [1, "#0d0a08"],
        ]),
        (c) => c.rect(0, ground, w, h),
      );
      // The stones of the floor, in perspective.
      for (let row = 1; row < 9; row += 1) {
        const y = ground + (h - ground) * (row / 9) ** 1.7;
        f.line("rgb(0 0 0 / 0.4)", u * 0.003, (c) => {
          c.moveTo(0, y);
          c.lineTo(w, y);
        });
      }
      for (let one = -12; one <= 12; one += 1) {
        f.line("rgb(0 0 0 / 0.3)", u * 0.0025, (c) => {
          c.moveTo(m + one * u * 0.1, ground);
          c.lineTo(m + one * u * 0.28, h);
        });
      }
      // The maple: its trunk, its limbs, and autumn leaves.
      const tree = { x: m - u * 0.57, y: ground + u * 0.03 };
      f.line("#140b08", u * 0.034, (c) => {
        c.moveTo(tree.x, tree.y);
        c.bezierCurveTo(tree.x + u * 0.02, tree.y - u * 0.2, tree.x - u * 0.03, tree.y - u * 0.26, tree.x + u * 0.02, tree.y - u * 0.4);
      });
      f.line("#140b08", u * 0.014, (c) => {
        for (const [dx, dy] of [
          [-0.16, -0.5],
          [0.16, -0.52],
          [-0.06, -0.6],
          [0.24, -0.42],
        ] as const) {
          c.moveTo(tree.x, tree.y - u * 0.28);
          c.quadraticCurveTo(tree.x + u * dx * 0.3, tree.y + u * dy * 0.8, tree.x + u * dx, tree.y + u * dy);
        }
      });
      // The crown: a dark mass first, then the leaves that catch the light.
      for (const [dx, dy, rx, ry] of [
        [-0.1, -0.5, 0.22, 0.13],
        [0.14, -0.46, 0.2, 0.11],
        [0.04, -0.58, 0.2, 0.12],
      ] as const) {
        f.blur(u * 0.06, "rgb(112 34 22 / 0.85)", (c) => c.ellipse(tree.x + u * dx, tree.y + u * dy, u * rx, u * ry, 0, 0, 7));
      }
      for (let one = 0; one < 860; one += 1) {
        const angle = next() * 6.283;
        const far = Math.sqrt(next());
        const x = tree.x + u * 0.02 + Math.cos(angle) * far * u * 0.33 * (1 + 0.2 * Math.sin(angle * 5));
        const y = tree.y - u * 0.5 + Math.sin(angle) * far * u * 0.2 * (1 + 0.16 * Math.cos(angle * 4));
        const light = Math.max(0, (x - tree.x) / (u * 0.4)) * 0.6 + Math.max(0, (y - tree.y + u * 0.5) / (u * 0.3)) * 0.5;
        f.shape(`rgb(${96 + 120 * light + 40 * next()} ${26 + 60 * light + 22 * next()} ${20 + 20 * light} / 0.9)`, (c) =>
          c.ellipse(x, y, u * (0.006 + 0.009 * next()), u * (0.004 + 0.005 * next()), next() * 6, 0, 7),
        );
      }
    });
    const bowl = { x: m + u * 0.5, y: ground + u * 0.065 };
    b.glow(bowl.x, bowl.y, u * 0.8, u * 0.4, "255 140 60", 0.32);
    // The string of lights.
    for (const [x0, y0, x1, y1, sag] of [
      [-0.9, 0.2, 0.12, 0.18, 0.17],
      [0.12, 0.18, 0.95, 0.24, 0.15],
      [-0.6, 0.1, 0.6, 0.12, 0.2],
    ] as const) {
      const at = (part: number) => ({
        x: m + u * (x0 + (x1 - x0) * part),
        y: h * (y0 + (y1 - y0) * part) + u * sag * 4 * part * (1 - part) * 0.6,
      });
      b.line("rgb(0 0 0 / 0.8)", u * 0.003, (c) => {
        for (let part = 0; part <= 1; part += 0.05) {
          const { x, y } = at(part);
          if (part === 0) c.moveTo(x, y);
          else c.lineTo(x, y);
        }
      });
      for (let part = 0.04; part < 1; part += 0.075) {
        const { x, y } = at(part);
        const beat = 0.85 + 0.15 * Math.sin(b.t + part * 30);
        b.glow(x, y + u * 0.012, u * 0.06, u * 0.06, "255 190 100", 0.5 * beat);
        b.shape("#fff0c8", (c) => c.arc(x, y + u * 0.012, u * 0.0075, 0, 7));
      }
    }
    // The table: the seats beyond it, what is on it, and the seats on the viewer's side.
    const x0 = m - u * 0.6;
    const x1 = m + u * 0.22;
    const edge = ground - u * 0.045;
    const deep = u * 0.095;
    const seats = 6;
    const place = (one: number) => x0 + ((one + 0.5) / seats) * (x1 - x0);
    b.glow((x0 + x1) / 2, edge, u * 0.62, u * 0.22, "255 186 100", 0.34);
    b.fixed("table", (f) => {
      for (let one = 0; one < seats; one += 1) seat(f, place(one), ground + u * 0.05, u * 0.205, false);
      board(f, x0, x1, edge, deep, ground + u * 0.16);
      for (let one = 0; one < seats; one += 1) plate(f, place(one), edge + u * 0.018, u * 0.06);
      // Leaves and flowers along the middle.
      const next = chance(41);
      for (let one = 0; one < 170; one += 1) {
        const x = x0 + u * 0.05 + next() * (x1 - x0 - u * 0.1);
        const y = edge + deep * 0.5 + (next() - 0.6) * u * 0.02;
        const hue = next();
        f.shape(hue > 0.84 ? "#fff0dc" : hue > 0.74 ? "#d9784a" : `rgb(${56 + 50 * next()} ${76 + 46 * next()} 44)`, (c) =>
          c.ellipse(x, y, u * (0.004 + 0.005 * next()), u * (0.003 + 0.003 * next()), next() * 6, 0, 7),
        );
      }
      for (let one = 0; one < seats; one += 1) {
        glass(f, place(one) + u * 0.036, edge + deep * 0.4, u * 0.062);
        plate(f, place(one), edge + deep * 0.82, u * 0.07);
        glass(f, place(one) - u * 0.042, edge + deep * 0.8, u * 0.068);
      }
    });
    for (let one = 0; one < 5; one += 1) candle(b, x0 + ((one + 1) / seats) * (x1 - x0), edge + deep * 0.52, u * (0.05 + 0.012 * (one % 2)), one + 2);
    b.fixed("near", (f) => {
      for (let one = 0; one < seats; one += 1) seat(f, place(one), ground + u * 0.25, u * 0.2, true);
    });
    // The fire bowl.
    b.blur(u * 0.03, "rgb(0 0 0 / 0.8)", (c) => c.ellipse(bowl.x, bowl.y + u * 0.09, u * 0.17, u * 0.025, 0, 0, 7));
    fire(b, bowl.x, bowl.y + u * 0.008, u * 0.18, u * 0.2, 8);
    b.shape(
      b.across(bowl.x - u * 0.15, 0, bowl.x + u * 0.15, 0, [
        [0, "#0e0a09"],
        [0.5, "#3a2a22"],
        [1, "#0e0a09"],
      ]),
      (c) => {
        c.ellipse(bowl.x, bowl.y + u * 0.012, u * 0.15, u * 0.02, 0, Math.PI, 0, true);
        c.bezierCurveTo(bowl.x + u * 0.12, bowl.y + u * 0.09, bowl.x + u * 0.06, bowl.y + u * 0.09, bowl.x + u * 0.05, bowl.y + u * 0.09);
        c.lineTo(bowl.x - u * 0.05, bowl.y + u * 0.09);
        c.bezierCurveTo(bowl.x - u * 0.06, bowl.y + u * 0.09, bowl.x - u * 0.12, bowl.y + u * 0.09, bowl.x - u * 0.15, bowl.y + u * 0.012);
      },
    );
    b.line("rgb(255 170 80 / 0.8)", u * 0.004, (c) => c.ellipse(bowl.x, bowl.y + u * 0.012, u * 0.15, u * 0.02, 0, 0, Math.PI));
    b.glow(bowl.x, bowl.y + u * 0.1, u * 0.5, u * 0.06, "255 140 60", 0.4);
    b.finish(0.5, 0.01);
  },
};
