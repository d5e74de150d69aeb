// Things that appear in several pictures: tubs, flames, and candles.

import type { Brush } from "./brush";
import { chance, thin } from "./brush";

/** Paints a flame with its core. `x`, `y` is where it stands. */
export function flame(b: Brush, x: number, y: number, size: number, seed = 1): void {
  const sway = Math.sin(b.t * 2.1 + seed * 7) * size * 0.06 + Math.sin(b.t * 5.3 + seed) * size * 0.025;
  const tongue = (wide: number, high: number) => (c: CanvasRenderingContext2D) => {
    c.moveTo(x, y);
    c.bezierCurveTo(x - wide, y - high * 0.08, x - wide * 0.72, y - high * 0.5, x + sway, y - high);
    c.bezierCurveTo(x + wide * 0.72, y - high * 0.5, x + wide, y - high * 0.08, x, y);
  };
  b.blend("lighter", 1, () => {
    b.blur(size * 0.12, "rgb(255 120 30 / 0.9)", tongue(size * 0.3, size));
    b.blur(size * 0.07, "rgb(255 184 80 / 0.9)", tongue(size * 0.21, size * 0.8));
    b.blur(size * 0.04, "rgb(255 246 210 / 0.95)", tongue(size * 0.1, size * 0.55));
  });
}

export function candle(b: Brush, x: number, y: number, size: number, seed = 1): void {
  const wide = size * 0.3;
  b.shape(
    b.across(0, y - size, 0, y, [
      [0, "#ffe3ae"],
      [0.35, "#c9965a"],
      [1, "#5b3c22"],
    ]),
    (c) => c.roundRect(x - wide / 2, y - size, wide, size, wide * 0.12),
  );
  b.shape("#fff0cb", (c) => c.ellipse(x, y - size, wide / 2, wide * 0.13, 0, 0, 7));
  flame(b, x, y - size, size * 0.75, seed);
  b.glow(x, y - size * 1.3, size * 2.4, size * 2.4, "255 170 80", 0.32);
}

/** Paints many flames on a bed of embers. */
export function fire(b: Brush, x: number, y: number, wide: number, high: number, seed = 1): void {
  const next = chance(seed);
  b.glow(x, y - high * 0.4, wide * 1.7, high * 1.6, "255 120 40", 0.5);
  for (let one = 0; one < 15; one += 1) {
    const at = (next() - 0.5) * wide;
    const tall = high * (1 - Math.abs(at / wide) * 1.3) * (0.5 + 0.6 * next());
    flame(b, x + at, y + high * 0.03 * next(), tall, seed + one);
  }
  for (let one = 0; one < 50; one += 1) {
    const life = (next() + b.t * 0.1 * (0.5 + next())) % 1;
    const at = x + (next() - 0.5) * wide * (0.7 + life);
    b.shape(thin("255 190 100", (1 - life) * 0.9), (c) => c.arc(at, y - high * (0.3 + 1.7 * life), wide * 0.006 * (0.4 + next()), 0, 7));
  }
}

/** Paints a round tub seen from a little above: its rim, its side, and lit water. */
export function tub(b: Brush, x: number, y: number, rx: number, ry: number, wood: [string, string], water: [string, string, string], glow: string): void {
  const deep = ry * 1.15;
  b.blur(ry * 0.5, "rgb(0 0 0 / 0.8)", (c) => c.ellipse(x, y + deep + ry * 0.3, rx * 1.05, ry * 0.8, 0, 0, 7));
  b.within(
    (c) => {
      c.ellipse(x, y + deep, rx * 0.95, ry * 0.95, 0, 0, Math.PI);
      c.lineTo(x - rx, y);
      c.lineTo(x + rx, y);
      c.closePath();
    },
    () => {
      b.shape(
        b.across(x - rx, 0, x + rx, 0, [
          [0, "#080503"],
          [0.3, wood[0]],
          [0.5, wood[1]],
          [0.72, wood[0]],
          [1, "#080503"],
        ]),
        (c) => c.rect(x - rx, y, rx * 2, deep + ry * 2),
      );
      for (let stave = 1; stave < 26; stave += 1) {
        const at = x - Math.cos((stave / 26) * Math.PI) * rx * 0.99;
        b.line("rgb(0 0 0 / 0.45)", rx * 0.005, (c) => {
          c.moveTo(at, y);
          c.lineTo(x + (at - x) * 0.95, y + deep + ry * 1.2);
        });
      }
    },
  );
  b.shape(
    b.across(0, y - ry, 0, y + ry, [
      [0, wood[0]],
      [0.6, wood[1]],
      [1, wood[1]],
    ]),
    (c) => c.ellipse(x, y, rx, ry, 0, 0, 7),
  );
  b.line(thin(glow, 0.5), rx * 0.005, (c) => c.ellipse(x, y, rx * 0.995, ry * 0.99, 0, 0.05, Math.PI - 0.05));
  const surface = (c: CanvasRenderingContext2D) => c.ellipse(x, y + ry * 0.02, rx * 0.9, ry * 0.84, 0, 0, 7);
  b.within(surface, () => {
    b.shape(
      b.round(x, y + ry * 0.1, rx * 0.95, [
        [0, water[0]],
        [0.5, water[1]],
        [1, water[2]],
      ]),
      (c) => c.rect(x - rx, y - ry, rx * 2, ry * 2),
    );
    b.shape(
      b.across(0, y - ry * 0.85, 0, y - ry * 0.3, [
        [0, "rgb(0 0 0 / 0.75)"],
        [1, "rgb(0 0 0 / 0)"],
      ]),
      (c) => c.rect(x - rx, y - ry, rx * 2, ry * 0.8),
    );
    const next = chance(21);
    for (let one = 0; one < 70; one += 1) {
      const down = next();
      const wide = Math.sqrt(Math.max(0, 1 - (down * 2 - 1) ** 2));
      const at = x + (next() - 0.5) * 1.6 * rx * wide;
      const beat = 0.5 + 0.5 * Math.sin(b.t * (0.6 + next()) + next() * 9);
      b.line(thin(glow, 0.36 * beat), Math.max(0.6, ry * 0.012), (c) => {
        const row = y + (down - 0.5) * ry * 1.64;
        c.moveTo(at - rx * 0.06 * next(), row);
        c.quadraticCurveTo(at, row + ry * 0.02, at + rx * 0.07 * next(), row);
      });
    }
  });
  b.line("rgb(0 0 0 / 0.6)", rx * 0.008, surface);
}
