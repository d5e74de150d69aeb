// What hands do here: massage, for one and for two; faces; scissors and blade; light that is cut fine.

import type { Brush, Context, Study } from "./brush";
import { chance, thin } from "./brush";
import { candle, stones, table } from "./things";

export const massage: Study = {
  name: "massage",
  alt: "A massage table in white linen under warm light, with rolled towels, smooth hot stones and a candle.",
  paint(b) {
    const { h, w, u, m } = b;
    const floor = h * 0.8;
    b.fade([
      [0, "#1a110b"],
      [0.5, "#3a2516"],
      [0.8, "#24160d"],
      [1, "#0d0805"],
    ]);
    // A wall of cedar slats, lit from below.
    for (let x = m - u * 1.4; x < m + u * 1.4; x += u * 0.048) {
      b.shape(
        b.across(x, 0, x + u * 0.048, 0, [
          [0, "rgb(0 0 0 / 0.65)"],
          [0.2, "rgb(190 120 66 / 0.2)"],
          [0.75, "rgb(120 70 34 / 0.12)"],
          [1, "rgb(0 0 0 / 0.65)"],
        ]),
        (c) => c.rect(x, 0, u * 0.049, floor),
      );
    }
    b.glow(m, floor - u * 0.1, u * 1.0, u * 0.5, "255 170 90", 0.4);
    b.glow(m, h * 0.02, u * 0.8, u * 0.5, "255 180 100", 0.2);
    b.shape(
      b.across(0, floor, 0, h, [
        [0, "#4a2c18"],
        [1, "#0d0704"],
      ]),
      (c) => c.rect(0, floor, w, h),
    );
    b.glow(m, floor + u * 0.06, u * 0.8, u * 0.08, "255 180 100", 0.3);
    b.shaft(m - u * 0.1, m + u * 0.14, -u * 0.05, m - u * 0.48, m + u * 0.52, floor, "255 214 150", 0.32);
    table(b, m - u * 0.02, h * 0.58, u * 0.9, ["#fff3dc", "#d3b48a"], "#2a180c");
    b.glow(m, h * 0.55, u * 0.5, u * 0.08, "255 224 170", 0.3);
    // In front: a low bench with stones, oil and a candle.
    const bench = h * 0.9;
    b.shape(
      b.across(0, bench, 0, bench + u * 0.05, [
        [0, "#8d5a2e"],
        [0.4, "#4a2b13"],
        [1, "#1a0d05"],
      ]),
      (c) => c.rect(m - u * 0.5, bench, u * 0.62, u * 0.06),
    );
    stones(b, m - u * 0.35, bench + u * 0.004, u * 0.17, "#a89684");
    stones(b, m - u * 0.21, bench + u * 0.004, u * 0.1, "#94826f");
    candle(b, m + u * 0.03, bench, u * 0.09, 2);
    b.shape(
      b.across(m - u * 0.13, 0, m - u * 0.05, 0, [
        [0, "#5a3208"],
        [0.4, "#f0b552"],
        [1, "#4a2806"],
      ]),
      (c) => {
        c.roundRect(m - u * 0.125, bench - u * 0.1, u * 0.07, u * 0.1, u * 0.012);
        c.rect(m - u * 0.102, bench - u * 0.13, u * 0.024, u * 0.04);
      },
    );
    b.shape("#20140a", (c) => c.roundRect(m - u * 0.105, bench - u * 0.148, u * 0.03, u * 0.024, u * 0.004));
    b.finish(0.6);
  },
};

export const together: Study = {
  name: "together",
  alt: "Two massage tables side by side with a small table of candles and flowers between them: a treatment for two.",
  paint(b) {
    const { h, u, m } = b;
    const floor = h * 0.5;
    b.fade([
      [0, "#1d0f14"],
      [0.5, "#4a2430"],
      [0.52, "#3a1a20"],
      [1, "#120709"],
    ]);
    // A tall window with a curtain, evening behind it.
    b.shape(
      b.across(0, h * 0.06, 0, floor, [
        [0, "#37305e"],
        [0.6, "#b8688a"],
        [1, "#ffb488"],
      ]),
      (c) => c.rect(m - u * 0.3, h * 0.06, u * 0.6, floor - h * 0.06 - u * 0.04),
    );
    b.glow(m, floor - u * 0.1, u * 0.7, u * 0.4, "255 160 130", 0.34);
    b.shape("#1d0f14", (c) => {
      c.rect(m - u * 0.004, h * 0.06, u * 0.008, floor - h * 0.06);
      c.rect(m - u * 0.3, h * 0.2, u * 0.6, u * 0.006);
    });
    for (const side of [-1, 1]) {
      for (let fold = 0; fold < 8; fold += 1) {
        const x = m + side * u * (0.24 + fold * 0.034);
        b.shape(
          b.across(x - u * 0.02, 0, x + u * 0.024, 0, [
            [0, "rgb(90 44 56 / 0.95)"],
            [0.5, "rgb(232 168 150 / 0.9)"],
            [1, "rgb(70 32 42 / 0.95)"],
          ]),
          (c) => {
            c.moveTo(x - u * 0.018, h * 0.04);
            c.lineTo(x + u * 0.018, h * 0.04);
            c.lineTo(x + side * u * 0.014 + u * 0.022, floor + u * 0.01);
            c.lineTo(x + side * u * 0.014 - u * 0.022, floor + u * 0.01);
          },
        );
      }
    }
    b.glow(m, h * 0.8, u * 0.8, u * 0.2, "255 170 120", 0.3);
    // Two beds seen from their feet.
    for (const side of [-1, 1]) {
      const near = { x: m + side * u * 0.37, half: u * 0.2, y: h * 0.86 };
      const far = { x: m + side * u * 0.225, half: u * 0.105, y: h * 0.55 };
      b.blur(u * 0.06, "rgb(0 0 0 / 0.8)", (c) => c.ellipse(near.x, near.y + u * 0.13, near.half * 1.25, u * 0.04, 0, 0, 7));
      b.shape(
        b.across(0, near.y, 0, near.y + u * 0.13, [
          [0, "#c99a86"],
          [0.7, "#6a3c38"],
          [1, "#2a1214"],
        ]),
        (c) => {
          c.moveTo(near.x - near.half, near.y);
          c.lineTo(near.x + near.half, near.y);
          for (let fold = 0; fold <= 8; fold += 1) {
            const x = near.x + near.half * (1 - fold / 4);
            c.quadraticCurveTo(x + near.half * 0.12, near.y + u * 0.15, x, near.y + u * (0.125 + 0.008 * Math.sin(fold * 3)));
          }
        },
      );
      const inner = m + side * u * 0.08;
      b.shape("#5a302e", (c) => {
        const edge = -side;
        c.moveTo(near.x + edge * near.half, near.y);
        c.lineTo(far.x + edge * far.half, far.y);
        c.lineTo(far.x + edge * far.half, far.y + u * 0.05);
        c.lineTo(near.x + edge * near.half, near.y + u * 0.13);
        c.lineTo(inner * 0 + near.x + edge * near.half, near.y);
      });
      b.shape(
        b.across(far.x, far.y, near.x, near.y, [
          [0, "#ffe0cc"],
          [0.4, "#fff1e2"],
          [1, "#d8ab96"],
        ]),
        (c) => {
          c.moveTo(near.x - near.half, near.y);
          c.quadraticCurveTo(near.x, near.y - u * 0.03, near.x + near.half, near.y);
          c.lineTo(far.x + far.half, far.y);
          c.quadraticCurveTo(far.x, far.y - u * 0.016, far.x - far.half, far.y);
        },
      );
      // A band of dark cloth across the foot, a pillow, a folded towel.
      b.shape("rgb(110 44 52 / 0.92)", (c) => {
        const at = (part: number) => ({
          x: near.x + (far.x - near.x) * part,
          half: near.half + (far.half - near.half) * part,
          y: near.y + (far.y - near.y) * part,
        });
        const low = at(0.1);
        const high = at(0.34);
        c.moveTo(low.x - low.half, low.y);
        c.quadraticCurveTo(low.x, low.y - u * 0.026, low.x + low.half, low.y);
        c.lineTo(high.x + high.half, high.y);
        c.quadraticCurveTo(high.x, high.y - u * 0.022, high.x - high.half, high.y);
      });
      b.shape(
        b.round(far.x, far.y + u * 0.0, far.half * 0.9, [
          [0, "#fff6ea"],
          [1, "#e0b7a2"],
        ]),
        (c) => c.ellipse(far.x, far.y + u * 0.006, far.half * 0.7, u * 0.026, 0, 0, 7),
      );
    }
    // Between them.
    const low = h * 0.72;
    b.shape("#2c1416", (c) => {
      c.rect(m - u * 0.006, low, u * 0.012, u * 0.13);
      c.ellipse(m, low + u * 0.13, u * 0.05, u * 0.01, 0, 0, 7);
    });
    b.shape(
      b.across(m - u * 0.09, 0, m + u * 0.09, 0, [
        [0, "#3f1f18"],
        [0.5, "#b4714a"],
        [1, "#3f1f18"],
      ]),
      (c) => c.ellipse(m, low, u * 0.085, u * 0.018, 0, 0, 7),
    );
    candle(b, m - u * 0.038, low + u * 0.006, u * 0.06, 1);
    candle(b, m + u * 0.036, low + u * 0.008, u * 0.075, 2);
    b.finish(0.55);
  },
};

export const facials: Study = {
  name: "facials",
  alt: "A face in profile, lying back with closed eyes under soft pale light, steam in the air.",
  paint(b) {
    const { h, w, u, m } = b;
    b.fade([
      [0, "#2a2422"],
      [0.5, "#5c4a42"],
      [1, "#1a1412"],
    ]);
    const y = h * 0.63;
    b.glow(m + u * 0.02, h * 0.2, u * 0.9, u * 0.6, "255 230 204", 0.42);
    // A ring of light above.
    const ring = { x: m + u * 0.03, y: h * 0.15, rx: u * 0.3, ry: u * 0.07 };
    b.blend("lighter", 1, () => {
      b.blur(u * 0.07, "rgb(255 226 190 / 0.9)", (c) => {
        c.ellipse(ring.x, ring.y, ring.rx * 1.04, ring.ry * 1.12, 0, 0, 7);
        c.ellipse(ring.x, ring.y, ring.rx * 0.86, ring.ry * 0.66, 0, 0, 7, true);
      });
    });
    b.line("#fffaf2", u * 0.02, (c) => c.ellipse(ring.x, ring.y, ring.rx * 0.95, ring.ry * 0.9, 0, 0, 7));
    b.shaft(ring.x - ring.rx, ring.x + ring.rx, ring.y, m - u * 0.34, m + u * 0.36, y, "255 236 214", 0.26);
    // The head lies to the left: hair in a towel, forehead, nose, lips, chin, throat; from left to right.
    const s = u * 0.86;
    const X = (at: number) => m + s * at;
    const Y = (at: number) => y + s * at;
    const profile = (c: Context) => {
      c.moveTo(X(-0.31), Y(0.1));
      c.bezierCurveTo(X(-0.335), Y(-0.03), X(-0.27), Y(-0.135), X(-0.16), Y(-0.165));
      c.bezierCurveTo(X(-0.115), Y(-0.178), X(-0.085), Y(-0.18), X(-0.062), Y(-0.176));
      // Brow, the root of the nose, the nose.
      c.bezierCurveTo(X(-0.04), Y(-0.176), X(-0.032), Y(-0.16), X(-0.012), Y(-0.158));
      c.bezierCurveTo(X(0.004), Y(-0.162), X(0.034), Y(-0.206), X(0.062), Y(-0.226));
      c.bezierCurveTo(X(0.078), Y(-0.236), X(0.094), Y(-0.222), X(0.09), Y(-0.2));
      c.bezierCurveTo(X(0.088), Y(-0.186), X(0.092), Y(-0.178), X(0.1), Y(-0.174));
      // Lips.
      c.bezierCurveTo(X(0.112), Y(-0.184), X(0.13), Y(-0.194), X(0.14), Y(-0.182));
      c.bezierCurveTo(X(0.146), Y(-0.174), X(0.146), Y(-0.17), X(0.15), Y(-0.168));
      c.bezierCurveTo(X(0.158), Y(-0.178), X(0.176), Y(-0.178), X(0.18), Y(-0.164));
      c.bezierCurveTo(X(0.184), Y(-0.15), X(0.192), Y(-0.146), X(0.2), Y(-0.148));
      // Chin and throat.
      c.bezierCurveTo(X(0.222), Y(-0.17), X(0.256), Y(-0.166), X(0.268), Y(-0.134));
      c.bezierCurveTo(X(0.276), Y(-0.1), X(0.268), Y(-0.06), X(0.262), Y(-0.02));
      c.bezierCurveTo(X(0.27), Y(0.02), X(0.34), Y(0.03), X(0.42), Y(0.02));
      c.bezierCurveTo(X(0.54), Y(0.0), X(0.66), Y(-0.06), X(0.86), Y(-0.1));
      c.lineTo(X(1.2), h + 9);
      c.lineTo(X(-0.2), h + 9);
    };
    // What the head lies on.
    b.shape(
      b.across(0, Y(-0.02), 0, Y(0.3), [
        [0, "#fff1e2"],
        [0.3, "#cfae98"],
        [1, "#4a352c"],
      ]),
      (c) => {
        c.moveTo(-9, Y(0.12));
        c.bezierCurveTo(X(-0.5), Y(0.02), X(-0.34), Y(0.06), X(-0.16), Y(0.12));
        c.bezierCurveTo(X(0.1), Y(0.16), X(0.5), Y(0.06), w + 9, Y(0.08));
        c.lineTo(w + 9, h + 9);
        c.lineTo(-9, h + 9);
      },
    );
    b.shape(
      b.across(0, Y(-0.23), 0, Y(0.2), [
        [0, "#ffe4cc"],
        [0.2, "#eebd9a"],
        [0.55, "#b07658"],
        [1, "#4a2b20"],
      ]),
      profile,
    );
    b.within(profile, () => {
      b.blur(u * 0.05, "rgb(60 26 18 / 0.55)", (c) => c.ellipse(X(0.17), Y(0.03), s * 0.12, s * 0.06, -0.3, 0, 7));
      b.blur(u * 0.03, "rgb(80 34 24 / 0.5)", (c) => c.ellipse(X(-0.02), Y(-0.12), s * 0.035, s * 0.02, -0.2, 0, 7));
      b.glow(X(0.02), Y(-0.09), s * 0.1, s * 0.05, "255 190 150", 0.3);
    });
    // The cushion, before it.
    b.shape(
      b.across(0, Y(0.06), 0, Y(0.34), [
        [0, "#fbe9d8"],
        [0.25, "#d3b39c"],
        [1, "#57402f"],
      ]),
      (c) => {
        c.moveTo(-9, Y(0.16));
        c.bezierCurveTo(X(-0.5), Y(0.06), X(-0.4), Y(0.13), X(-0.24), Y(0.125));
        c.bezierCurveTo(X(-0.05), Y(0.12), X(0.05), Y(0.075), X(0.2), Y(0.08));
        c.bezierCurveTo(X(0.34), Y(0.085), X(0.5), Y(0.12), X(0.7), Y(0.1));
        c.lineTo(w + 9, Y(0.1));
        c.lineTo(w + 9, h + 9);
        c.lineTo(-9, h + 9);
      },
    );
    // A sheet, drawn up to the shoulder.
    b.shape(
      b.across(X(0.4), Y(0), X(0.7), h, [
        [0, "#fff6ea"],
        [0.4, "#d9bba4"],
        [1, "#5a4036"],
      ]),
      (c) => {
        c.moveTo(X(0.47), Y(-0.012));
        c.bezierCurveTo(X(0.42), Y(0.1), X(0.4), Y(0.2), X(0.3), h + 9);
        c.lineTo(w + 9, h + 9);
        c.lineTo(w + 9, Y(-0.19));
        c.bezierCurveTo(X(0.75), Y(-0.1), X(0.62), Y(-0.06), X(0.47), Y(-0.012));
      },
    );
    // A lid at rest, its lashes; the brow; the nostril; the mouth; the ear.
    b.line("rgb(60 28 20 / 0.9)", u * 0.0045, (c) => {
      c.moveTo(X(-0.035), Y(-0.122));
      c.quadraticCurveTo(X(-0.004), Y(-0.112), X(0.012), Y(-0.138));
      for (let lash = 0; lash < 6; lash += 1) {
        const at = -0.024 + lash * 0.0066;
        c.moveTo(X(at), Y(-0.1175 - lash * 0.0012));
        c.lineTo(X(at + 0.008), Y(-0.1 - lash * 0.003));
      }
    });
    b.line("rgb(64 32 22 / 0.75)", u * 0.009, (c) => {
      c.moveTo(X(-0.09), Y(-0.116));
      c.quadraticCurveTo(X(-0.064), Y(-0.142), X(-0.034), Y(-0.154));
    });
    b.line("rgb(96 44 32 / 0.8)", u * 0.005, (c) => {
      c.moveTo(X(0.07), Y(-0.186));
      c.quadraticCurveTo(X(0.082), Y(-0.178), X(0.086), Y(-0.19));
      c.moveTo(X(0.15), Y(-0.168));
      c.quadraticCurveTo(X(0.136), Y(-0.15), X(0.122), Y(-0.138));
    });
    b.line("rgb(90 44 32 / 0.7)", u * 0.006, (c) => {
      c.moveTo(X(-0.03), Y(0.05));
      c.bezierCurveTo(X(-0.09), Y(0.03), X(-0.09), Y(-0.03), X(-0.04), Y(-0.036));
      c.bezierCurveTo(X(-0.0), Y(-0.036), X(0.0), Y(0.02), X(-0.024), Y(0.046));
    });
    // The rim of light along the profile.
    b.within(
      (c) => c.rect(X(-0.12), 0, w, Y(0.022)),
      () => b.line("rgb(255 246 232 / 0.75)", u * 0.005, profile),
    );
    // The towel round the hair.
    b.shape(
      b.across(0, Y(-0.2), 0, Y(0.2), [
        [0, "#fffaf2"],
        [0.5, "#e2c8b2"],
        [1, "#8a6a58"],
      ]),
      (c) => {
        c.moveTo(X(-0.13), Y(-0.184));
        c.bezierCurveTo(X(-0.3), Y(-0.2), X(-0.42), Y(-0.1), X(-0.41), Y(0.04));
        c.bezierCurveTo(X(-0.4), Y(0.13), X(-0.3), Y(0.17), X(-0.16), Y(0.14));
        c.bezierCurveTo(X(-0.1), Y(0.08), X(-0.12), Y(0.0), X(-0.105), Y(-0.06));
        c.bezierCurveTo(X(-0.1), Y(-0.11), X(-0.1), Y(-0.15), X(-0.13), Y(-0.184));
      },
    );
    for (const [from, to] of [
      [-0.15, -0.36],
      [-0.12, -0.39],
      [-0.115, -0.33],
    ] as const) {
      b.line("rgb(120 90 74 / 0.4)", u * 0.005, (c) => {
        c.moveTo(X(from), Y(-0.12));
        c.quadraticCurveTo(X((from + to) / 2), Y(-0.08), X(to), Y(0.05));
      });
    }
    b.steam(m + u * 0.36, Y(-0.14), u * 0.4, u * 0.4, "255 240 228", 0.1, 5);
    b.finish(0.5);
  },
};

export const barber: Study = {
  name: "barber",
  alt: "A leather barber’s chair before a round lit mirror, with a striped barber’s pole on the wall.",
  paint(b) {
    const { h, w, u, m } = b;
    const floor = h * 0.82;
    b.fade([
      [0, "#10161a"],
      [0.82, "#1c2428"],
      [1, "#0a0c0e"],
    ]);
    // Tiles, half way up.
    const tile = u * 0.072;
    for (let row = 0; row < 7; row += 1) {
      const y = floor - (row + 1) * tile * 0.62;
      for (let x = m - u * 1.3 - (row % 2) * tile * 0.5; x < m + u * 1.3; x += tile) {
        b.shape(
          b.across(0, y, 0, y + tile * 0.6, [
            [0, "#31474a"],
            [1, "#1d2d31"],
          ]),
          (c) => c.rect(x, y, tile - u * 0.003, tile * 0.62 - u * 0.003),
        );
      }
    }
    const mirror = { x: m, y: h * 0.33, r: u * 0.24 };
    b.glow(mirror.x, mirror.y, u * 0.75, u * 0.66, "255 214 150", 0.42);
    b.line("#fff4da", u * 0.024, (c) => c.arc(mirror.x, mirror.y, mirror.r + u * 0.016, 0, 7));
    b.glow(mirror.x, mirror.y, mirror.r * 1.5, mirror.r * 1.5, "255 226 170", 0.3);
    b.shape(
      b.across(0, mirror.y - mirror.r, 0, mirror.y + mirror.r, [
        [0, "#8a9a9a"],
        [0.5, "#4d5f62"],
        [1, "#2c3c40"],
      ]),
      (c) => c.arc(mirror.x, mirror.y, mirror.r, 0, 7),
    );
    b.within(
      (c) => c.arc(mirror.x, mirror.y, mirror.r, 0, 7),
      () => {
        b.shape("rgb(255 255 255 / 0.16)", (c) => {
          c.moveTo(mirror.x - mirror.r * 0.2, mirror.y - mirror.r);
          c.lineTo(mirror.x + mirror.r * 0.3, mirror.y - mirror.r);
          c.lineTo(mirror.x - mirror.r * 0.3, mirror.y + mirror.r);
          c.lineTo(mirror.x - mirror.r * 0.8, mirror.y + mirror.r);
        });
      },
    );
    // Shelf with bottles, a brush, scissors.
    const shelf = mirror.y + mirror.r + u * 0.08;
    b.shape("#6b4420", (c) => c.rect(m - u * 0.46, shelf, u * 0.92, u * 0.018));
    b.shape("rgb(255 214 150 / 0.6)", (c) => c.rect(m - u * 0.46, shelf, u * 0.92, u * 0.003));
    const bottle = (x: number, wide: number, high: number, colour: string) => {
      b.shape(
        b.across(x - wide / 2, 0, x + wide / 2, 0, [
          [0, "#0a0a0a"],
          [0.4, colour],
          [1, "#0a0a0a"],
        ]),
        (c) => {
          c.roundRect(x - wide / 2, shelf - high, wide, high, wide * 0.16);
          c.rect(x - wide * 0.16, shelf - high * 1.3, wide * 0.32, high * 0.34);
        },
      );
    };
    bottle(m - u * 0.4, u * 0.04, u * 0.085, "#c98a3a");
    bottle(m - u * 0.345, u * 0.035, u * 0.07, "#5f8a80");
    bottle(m + u * 0.36, u * 0.045, u * 0.08, "#9a4a34");
    bottle(m + u * 0.42, u * 0.034, u * 0.1, "#d8c494");
    // The pole.
    const pole = { x: m - u * 0.6, top: h * 0.16, foot: h * 0.56, half: u * 0.036 };
    b.glow(pole.x, (pole.top + pole.foot) / 2, u * 0.2, u * 0.34, "255 236 214", 0.3);
    b.within(
      (c) => c.rect(pole.x - pole.half, pole.top, pole.half * 2, pole.foot - pole.top),
      () => {
        b.shape("#f6f1e6", (c) => c.rect(pole.x - pole.half, pole.top, pole.half * 2, pole.foot - pole.top));
        const step = u * 0.1;
        for (let y = pole.top - step * 2; y < pole.foot + step; y += step) {
          const roll = y + ((b.t * u * 0.02) % step);
          for (const [shift, colour] of [
            [0, "#b3252c"],
            [step * 0.5, "#22417c"],
          ] as const) {
            b.shape(colour, (c) => {
              c.moveTo(pole.x - pole.half, roll + shift + u * 0.055);
              c.lineTo(pole.x + pole.half, roll + shift);
              c.lineTo(pole.x + pole.half, roll + shift + u * 0.024);
              c.lineTo(pole.x - pole.half, roll + shift + u * 0.079);
            });
          }
        }
        b.shape(
          b.across(pole.x - pole.half, 0, pole.x + pole.half, 0, [
            [0, "rgb(0 0 0 / 0.6)"],
            [0.35, "rgb(255 255 255 / 0.3)"],
            [0.6, "rgb(0 0 0 / 0)"],
            [1, "rgb(0 0 0 / 0.65)"],
          ]),
          (c) => c.rect(pole.x - pole.half, pole.top, pole.half * 2, pole.foot - pole.top),
        );
      },
    );
    for (const y of [pole.top, pole.foot]) {
      b.shape(
        b.across(pole.x - pole.half, 0, pole.x + pole.half, 0, [
          [0, "#4a3a1c"],
          [0.4, "#f3d68e"],
          [1, "#3a2c12"],
        ]),
        (c) => {
          c.roundRect(pole.x - pole.half * 1.2, y - u * 0.014, pole.half * 2.4, u * 0.028, u * 0.008);
          c.ellipse(pole.x, y + (y === pole.top ? -u * 0.022 : u * 0.022), pole.half * 0.8, u * 0.026, 0, 0, 7);
        },
      );
    }
    // The floor, in squares.
    b.shape(
      b.across(0, floor, 0, h, [
        [0, "#26292a"],
        [1, "#060707"],
      ]),
      (c) => c.rect(0, floor, w, h),
    );
    b.glow(m, floor + u * 0.06, u * 0.5, u * 0.07, "255 210 150", 0.34);
    chair(b, m + u * 0.02, floor + u * 0.08, u * 0.62);
    b.finish(0.55);
  },
};

function chair(b: Brush, x: number, foot: number, s: number): void {
  const leather = b.across(x - s * 0.3, 0, x + s * 0.3, 0, [
    [0, "#a5542c"],
    [0.35, "#6d2e18"],
    [0.7, "#3b160c"],
    [1, "#8a4424"],
  ]);
  const steel = b.across(x - s * 0.22, 0, x + s * 0.22, 0, [
    [0, "#3a3a3c"],
    [0.3, "#f2f0ea"],
    [0.55, "#77777a"],
    [1, "#2a2a2c"],
  ]);
  b.blur(s * 0.08, "rgb(0 0 0 / 0.85)", (c) => c.ellipse(x, foot + s * 0.02, s * 0.36, s * 0.05, 0, 0, 7));
  // Base and column.
  b.shape(steel, (c) => c.ellipse(x, foot, s * 0.24, s * 0.045, 0, 0, 7));
  b.shape(steel, (c) => c.rect(x - s * 0.055, foot - s * 0.24, s * 0.11, s * 0.24));
  b.shape(steel, (c) => c.ellipse(x, foot - s * 0.03, s * 0.13, s * 0.03, 0, 0, 7));
  // The rest for the feet.
  b.line(steel, s * 0.022, (c) => {
    for (const side of [-1, 1]) {
      c.moveTo(x + side * s * 0.1, foot - s * 0.3);
      c.lineTo(x + side * s * 0.16, foot - s * 0.1);
    }
  });
  b.shape(steel, (c) => c.roundRect(x - s * 0.21, foot - s * 0.13, s * 0.42, s * 0.045, s * 0.02));
  b.shape("#1c1c1e", (c) => c.roundRect(x - s * 0.18, foot - s * 0.125, s * 0.36, s * 0.018, s * 0.009));
  // Back, head, seat.
  b.shape(leather, (c) => {
    c.moveTo(x - s * 0.2, foot - s * 0.36);
    c.bezierCurveTo(x - s * 0.25, foot - s * 0.6, x - s * 0.24, foot - s * 0.8, x - s * 0.19, foot - s * 0.88);
    c.quadraticCurveTo(x, foot - s * 0.94, x + s * 0.19, foot - s * 0.88);
    c.bezierCurveTo(x + s * 0.24, foot - s * 0.8, x + s * 0.25, foot - s * 0.6, x + s * 0.2, foot - s * 0.36);
  });
  for (let row = 0; row < 4; row += 1) {
    for (let one = -1; one <= 1; one += 1) {
      const bx = x + one * s * 0.11 + (row % 2 ? s * 0.0 : 0);
      const by = foot - s * (0.5 + row * 0.1);
      b.blur(s * 0.03, "rgb(255 190 140 / 0.3)", (c) => c.arc(bx - s * 0.03, by - s * 0.03, s * 0.025, 0, 7));
      b.shape("#2a0f08", (c) => c.arc(bx, by, s * 0.011, 0, 7));
      b.shape("rgb(255 206 160 / 0.7)", (c) => c.arc(bx - s * 0.003, by - s * 0.004, s * 0.004, 0, 7));
    }
  }
  b.shape(steel, (c) => c.rect(x - s * 0.018, foot - s * 0.98, s * 0.036, s * 0.08));
  b.shape(leather, (c) => c.roundRect(x - s * 0.13, foot - s * 1.07, s * 0.26, s * 0.11, s * 0.045));
  b.shape(
    b.across(0, foot - s * 0.4, 0, foot - s * 0.24, [
      [0, "#b3613a"],
      [0.4, "#7a3820"],
      [1, "#2a0f08"],
    ]),
    (c) => c.roundRect(x - s * 0.25, foot - s * 0.4, s * 0.5, s * 0.15, s * 0.05),
  );
  for (const side of [-1, 1]) {
    b.line(steel, s * 0.024, (c) => {
      c.moveTo(x + side * s * 0.25, foot - s * 0.3);
      c.lineTo(x + side * s * 0.285, foot - s * 0.52);
    });
    b.shape(leather, (c) => c.roundRect(x + side * s * 0.285 - s * 0.05, foot - s * 0.58, s * 0.1, s * 0.07, s * 0.03));
    b.line("rgb(255 220 170 / 0.55)", s * 0.008, (c) => {
      c.moveTo(x + side * s * 0.245, foot - s * 0.62);
      c.quadraticCurveTo(x + side * s * 0.238, foot - s * 0.78, x + side * s * 0.19, foot - s * 0.87);
    });
  }
}

export const laser: Study = {
  name: "laser",
  alt: "A fine beam of red light from a white handpiece falls on the curve of a shoulder, in a cool, bright, private room.",
  paint(b) {
    const { h, w, u, m } = b;
    b.fade([
      [0, "#0c1a24"],
      [0.5, "#2c5062"],
      [1, "#0a141c"],
    ]);
    b.glow(m - u * 0.1, h * 0.3, u * 0.95, u * 0.6, "190 235 255", 0.3);
    // Lamps of an even, cool light.
    for (const [x, y, wide] of [
      [-0.46, 0.16, 0.34],
      [0.1, 0.1, 0.5],
    ] as const) {
      b.blend("lighter", 1, () => b.blur(u * 0.05, "rgb(190 236 255 / 0.6)", (c) => c.roundRect(m + u * x, h * y, u * wide, u * 0.014, u * 0.007)));
      b.shape("rgb(240 252 255 / 0.85)", (c) => c.roundRect(m + u * x, h * y, u * wide, u * 0.009, u * 0.004));
    }
    // Skin: one long curve.
    const skin = (c: Context) => {
      c.moveTo(-9, h * 0.78);
      c.bezierCurveTo(m - u * 0.5, h * 0.74, m - u * 0.3, h * 0.6, m, h * 0.6);
      c.bezierCurveTo(m + u * 0.34, h * 0.6, m + u * 0.5, h * 0.76, w + 9, h * 0.88);
      c.lineTo(w + 9, h + 9);
      c.lineTo(-9, h + 9);
    };
    b.shape(
      b.across(m - u * 0.3, h * 0.56, m + u * 0.1, h, [
        [0, "#ffe2d0"],
        [0.2, "#e2ab90"],
        [0.55, "#94604e"],
        [1, "#2c1a18"],
      ]),
      skin,
    );
    const spot = { x: m - u * 0.02, y: h * 0.62 };
    b.within(skin, () => {
      b.blur(u * 0.12, "rgb(40 20 24 / 0.5)", (c) => c.ellipse(m + u * 0.5, h * 0.96, u * 0.5, u * 0.16, 0.3, 0, 7));
      b.glow(spot.x, spot.y, u * 0.3, u * 0.1, "255 60 60", 0.5);
      // What is done already, point by point.
      for (let row = 0; row < 4; row += 1) {
        for (let one = 0; one < 9; one += 1) {
          const x = spot.x - u * (0.05 + one * 0.034) + row * u * 0.012;
          const y = spot.y + u * (0.006 + row * 0.03) + (one * one * u) / 1800 + one * u * 0.002;
          b.shape(thin("255 110 90", 0.6 - one * 0.05), (c) => c.ellipse(x, y, u * 0.0046, u * 0.0028, 0, 0, 7));
        }
      }
    });
    b.line("rgb(225 245 255 / 0.6)", u * 0.004, (c) => {
      c.moveTo(-9, h * 0.78);
      c.bezierCurveTo(m - u * 0.5, h * 0.74, m - u * 0.3, h * 0.6, m, h * 0.6);
      c.bezierCurveTo(m + u * 0.34, h * 0.6, m + u * 0.5, h * 0.76, w + 9, h * 0.88);
    });
    // The beam.
    const tip = { x: m + u * 0.105, y: h * 0.4 };
    b.blend("lighter", 1, () => {
      for (const [wide, light] of [
        [0.03, 0.16],
        [0.014, 0.4],
        [0.005, 1],
      ] as const) {
        b.line(thin(light === 1 ? "255 214 206" : "255 50 56", light), u * wide, (c) => {
          c.moveTo(tip.x, tip.y);
          c.lineTo(spot.x, spot.y);
        });
      }
    });
    b.glow(spot.x, spot.y, u * 0.09, u * 0.05, "255 120 110", 0.9);
    b.glow(tip.x, tip.y, u * 0.07, u * 0.07, "255 100 96", 0.6);
    // The handpiece, white and cold.
    b.c.save();
    b.c.translate(tip.x, tip.y);
    b.c.rotate(0.5);
    b.shape("#20303a", (c) => c.rect(-u * 0.016, -u * 0.05, u * 0.032, u * 0.052));
    b.shape(
      b.across(-u * 0.06, 0, u * 0.06, 0, [
        [0, "#6f8794"],
        [0.3, "#ffffff"],
        [0.6, "#c7d8e0"],
        [1, "#4a6270"],
      ]),
      (c) => {
        c.moveTo(-u * 0.022, -u * 0.045);
        c.bezierCurveTo(-u * 0.05, -u * 0.11, -u * 0.06, -u * 0.16, -u * 0.055, -u * 0.44);
        c.lineTo(u * 0.055, -u * 0.44);
        c.bezierCurveTo(u * 0.06, -u * 0.16, u * 0.05, -u * 0.11, u * 0.022, -u * 0.045);
      },
    );
    b.shape("#16242c", (c) => c.roundRect(-u * 0.028, -u * 0.3, u * 0.056, u * 0.1, u * 0.012));
    b.shape("#7ff0ff", (c) => c.roundRect(-u * 0.018, -u * 0.288, u * 0.036, u * 0.012, u * 0.004));
    b.shape("#7ff0ff", (c) => c.roundRect(-u * 0.018, -u * 0.268, u * 0.022, u * 0.006, u * 0.003));
    b.c.restore();
    const next = chance(2);
    for (let one = 0; one < 36; one += 1) {
      const part = next();
      b.shape(thin("255 150 140", 0.5 * next()), (c) => c.arc(tip.x + (spot.x - tip.x) * part + (next() - 0.5) * u * 0.05, tip.y + (spot.y - tip.y) * part, u * 0.0016, 0, 7));
    }
    b.finish(0.5);
  },
};
