// The light study "Forest Retreat": trunks in morning mist, shafts of sun, and a lit path through ferns.

import type { Brush, Study } from "./brush";
import { chance, wave } from "./brush";

function trunk(b: Brush, x: number, wide: number, foot: number, colour: string, lit: string, seed: number): void {
  const bend = wave(seed);
  const next = chance(seed);
  const lean = (next() - 0.5) * wide * 0.9;
  const edge = (side: number, part: number) =>
    x + lean * (1 - part) + side * wide * (0.36 + 0.14 * part + 0.34 * Math.max(0, part - 0.86) * 7 * 0.6) + bend(part * 5 + side * 9) * wide * 0.05;
  const outline = (c: CanvasRenderingContext2D) => {
    c.moveTo(edge(-1, 0), -9);
    for (let part = 0; part <= 1.001; part += 0.02) c.lineTo(edge(-1, part), foot * part);
    for (let part = 1; part >= -0.001; part -= 0.02) c.lineTo(edge(1, part), foot * part);
  };
  b.shape(colour, outline);
  b.within(outline, () => {
    b.shape(
      b.across(x - wide * 0.6, 0, x + wide * 0.6, 0, [
        [0, "rgb(0 0 0 / 0.25)"],
        [0.55, "rgb(0 0 0 / 0)"],
        [0.82, lit],
        [1, "rgb(0 0 0 / 0)"],
      ]),
      (c) => c.rect(x - wide * 2, 0, wide * 4, foot),
    );
    const count = Math.min(90, Math.round(wide * 1.1));
    for (let one = 0; one < count; one += 1) {
      const at = x + (next() - 0.5) * wide;
      const y = next() * foot;
      b.line(`rgb(0 0 0 / ${0.06 + 0.16 * next()})`, Math.max(0.6, wide * 0.02), (c) => {
        c.moveTo(at, y);
        c.quadraticCurveTo(at + (next() - 0.5) * wide * 0.12, y + wide * 0.5, at + (next() - 0.5) * wide * 0.1, y + wide * (0.6 + next()));
      });
    }
  });
}

function fern(b: Brush, x: number, y: number, size: number, angle: number, colour: string): void {
  b.line(colour, Math.max(0.7, size * 0.016), (c) => {
    const tipX = x + Math.sin(angle) * size;
    const tipY = y - Math.cos(angle) * size * 0.8;
    for (let part = 0.08; part < 1; part += 0.07) {
      const at = part;
      const px = x + (tipX - x) * at;
      const py = y + (tipY - y) * (2 * at - at * at) + size * 0.12 * at * at;
      const leaf = size * 0.26 * (1 - at) ** 0.8;
      for (const side of [-1, 1]) {
        c.moveTo(px, py);
        c.lineTo(px + Math.cos(angle + side * 0.3) * leaf * side, py + Math.sin(angle) * leaf * side * 0.5 - leaf * 0.24);
      }
    }
  });
}

export const forest: Study = {
  name: "forest-retreat",
  alt: "Tall trees in morning mist. Shafts of sunlight fall between the trunks onto ferns and a quiet stream.",
  paint(b) {
    const { h, w, u, m } = b;
    b.fixed("wood", (f) => {
      f.fade([
        [0, "#3c5a3c"],
        [0.3, "#8fab72"],
        [0.55, "#e2e3a8"],
        [0.7, "#9fb577"],
        [0.8, "#4d6b41"],
        [1, "#16241a"],
      ]);
      f.glow(m + u * 0.1, h * 0.42, u * 0.62, u * 0.52, "255 246 190", 0.5);
      // Leaves against the light, high up.
      const next = chance(3);
      for (let one = 0; one < 700; one += 1) {
        const x = next() * w;
        const y = next() ** 2 * h * 0.34;
        const shade = next();
        f.shape(`rgb(${50 + 100 * shade} ${92 + 96 * shade} ${52 + 40 * shade} / 0.4)`, (c) =>
          c.ellipse(x, y, u * (0.006 + 0.02 * next()), u * (0.004 + 0.01 * next()), next() * 6, 0, 7),
        );
      }
      const rows: [number, number, number, string, string][] = [
        [26, 0.018, 0.62, "#a9bd84", "rgb(255 250 200 / 0.4)"],
        [18, 0.03, 0.68, "#7d9a66", "rgb(255 246 190 / 0.42)"],
        [12, 0.048, 0.76, "#4f6d4a", "rgb(255 240 170 / 0.42)"],
      ];
      for (const [index, [count, wide, foot, colour, lit]] of rows.entries()) {
        for (let one = 0; one < count; one += 1) {
          const x = ((one + 0.2 + 0.6 * next()) / count) * w;
          if (Math.abs(x - m - u * 0.1) < u * (0.05 + 0.05 * index)) continue;
          trunk(f, x, u * wide * (0.7 + 0.7 * next()), h * (foot + 0.03 * next()), colour, lit, index * 40 + one);
        }
        f.glow(m + u * 0.1, h * foot, u * 1.5, u * 0.12, "236 240 180", 0.2);
        f.c.fillStyle = `rgb(226 232 176 / ${0.13 - 0.03 * index})`;
        f.c.fillRect(0, 0, w, h);
      }
      // The ground, and water that flows towards the viewer.
      f.land(
        f.across(0, h * 0.7, 0, h, [
          [0, "#6d8b4e"],
          [0.3, "#34502f"],
          [1, "#101c14"],
        ]),
        (x) => h * 0.72 + Math.sin(x / (u * 0.35)) * u * 0.014 + ((x - m) / w) ** 2 * -u * 0.1,
      );
      const stream = (c: CanvasRenderingContext2D) => {
        c.moveTo(m + u * 0.075, h * 0.725);
        c.bezierCurveTo(m + u * 0.2, h * 0.8, m - u * 0.2, h * 0.84, m - u * 0.28, h + 9);
        c.lineTo(m + u * 0.26, h + 9);
        c.bezierCurveTo(m + u * 0.1, h * 0.9, m + u * 0.28, h * 0.8, m + u * 0.125, h * 0.725);
      };
      f.shape(
        f.across(0, h * 0.72, 0, h, [
          [0, "#f8f4c8"],
          [0.3, "#a8bd84"],
          [1, "#2c4630"],
        ]),
        stream,
      );
      f.within(stream, () => {
        for (let one = 0; one < 90; one += 1) {
          const near = next();
          const y = h * (0.73 + 0.27 * near);
          const x = m + u * (next() - 0.5) * (0.2 + 0.4 * near);
          f.line(`rgb(255 252 220 / ${0.1 + 0.4 * next()})`, u * 0.0016, (c) => {
            c.moveTo(x, y);
            c.lineTo(x + u * (0.02 + 0.06 * near), y + u * 0.002);
          });
        }
      });
      for (let one = 0; one < 520; one += 1) {
        const near = next() ** 0.7;
        const y = h * (0.735 + 0.27 * near);
        const x = next() * w;
        if (Math.abs(x - m - u * (0.08 - 0.12 * near)) < u * (0.05 + 0.24 * near)) continue;
        const light = 1 - near;
        fern(f, x, y, u * (0.03 + 0.09 * near) * (0.7 + 0.6 * next()), (next() - 0.5) * 2.4, `rgb(${40 + 90 * light + 30 * next()} ${66 + 96 * light + 40 * next()} ${34 + 34 * light} / 0.85)`);
      }
    });
    for (const [at, spread, strength] of [
      [0.0, 0.05, 0.34],
      [0.14, 0.09, 0.42],
      [0.3, 0.06, 0.36],
      [0.46, 0.1, 0.26],
    ] as const) {
      const beat = 0.85 + 0.15 * Math.sin(b.t * 0.3 + at * 20);
      const x = m + u * (at + 0.06);
      b.shaft(x, x + u * spread, -u * 0.05, x - u * 0.42, x - u * 0.42 + u * spread * 2.6, h * 0.86, "255 246 186", strength * beat);
    }
    b.fixed("near", (f) => {
      {
        trunk(f, m - u * 0.62, u * 0.19, h * 1.02, "#12190f", "rgb(214 214 130 / 0.34)", 301);
        trunk(f, m + u * 0.58, u * 0.15, h * 1.0, "#161e12", "rgb(214 214 130 / 0.2)", 302);
        trunk(f, m - u * 0.36, u * 0.075, h * 0.87, "#222d1b", "rgb(236 230 150 / 0.4)", 303);
        const next = chance(71);
        for (let one = 0; one < 46; one += 1) {
          fern(f, m - u * 0.36 + (next() - 0.5) * u * 0.16, h * (0.87 + 0.035 * next()), u * (0.06 + 0.05 * next()), (next() - 0.5) * 2.6, `rgb(${44 + 30 * next()} ${78 + 40 * next()} 40 / 0.95)`);
        }
      }
    });
    b.finish(0.5);
  },
};
