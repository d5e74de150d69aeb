// What hands do here: massage, for one and for two.

import type { Study } from "./brush";
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
