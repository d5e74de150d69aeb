// The light study of a barber's shop.

import type { Brush, Study } from "./brush";

export const barber: Study = {
  name: "barber",
  alt: "A leather barber chair in front of a round, lit mirror, with a striped barber pole on the wall.",
  paint(b) {
    const { h, w, u, m } = b;
    const floor = h * 0.82;
    b.fade([
      [0, "#10161a"],
      [0.82, "#1c2428"],
      [1, "#0a0c0e"],
    ]);
    // Tiles up to half the height.
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
    // A shelf with bottles, a brush, and scissors.
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
    // The barber's pole.
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
  // The footrest.
  b.line(steel, s * 0.022, (c) => {
    for (const side of [-1, 1]) {
      c.moveTo(x + side * s * 0.1, foot - s * 0.3);
      c.lineTo(x + side * s * 0.16, foot - s * 0.1);
    }
  });
  b.shape(steel, (c) => c.roundRect(x - s * 0.21, foot - s * 0.13, s * 0.42, s * 0.045, s * 0.02));
  b.shape("#1c1c1e", (c) => c.roundRect(x - s * 0.18, foot - s * 0.125, s * 0.36, s * 0.018, s * 0.009));
  // The back, the head rest, and the seat.
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
