// The light study "Executive Focus": a desk at night with a lamp and an open notebook, and the lights of the city
// behind glass.

import type { Brush, Study } from "./brush";
import { chance } from "./brush";

function towers(b: Brush, foot: number, high: number, colour: string, count: number, seed: number, lit: number): void {
  const { u, w } = b;
  const next = chance(seed);
  for (let one = 0; one < count; one += 1) {
    const wide = u * (0.05 + 0.07 * next());
    const x = ((one + next() * 0.6) / count) * (w + wide) - wide * 0.5;
    const top = foot - high * (0.35 + 0.65 * next());
    b.shape(colour, (c) => {
      c.rect(x, top, wide, foot - top);
      if (next() > 0.6) c.rect(x + wide * 0.3, top - u * 0.03, wide * 0.4, u * 0.031);
      if (next() > 0.75) c.rect(x + wide * 0.49, top - u * 0.09, wide * 0.03, u * 0.09);
    });
    const cell = u * 0.0115;
    for (let y = top + cell; y < foot; y += cell * 1.25) {
      for (let at = x + cell * 0.6; at < x + wide - cell; at += cell) {
        if (next() > lit) continue;
        b.shape(`rgb(255 ${196 + 50 * next()} ${120 + 110 * next()} / ${0.25 + 0.65 * next()})`, (c) => c.rect(at, y, cell * 0.52, cell * 0.62));
      }
    }
  }
}

export const office: Study = {
  name: "executive-focus",
  alt: "A quiet desk at night with one lamp and an open notebook, in front of a window with the lit towers of the city.",
  paint(b) {
    const { h, w, u, m } = b;
    const desk = h * 0.74;
    b.fade([
      [0, "#070b18"],
      [0.5, "#16223c"],
      [0.74, "#3a4460"],
    ]);
    b.glow(m, desk, u * 1.2, u * 0.3, "255 180 120", 0.16);
    towers(b, desk, u * 0.52, "#1c2740", 17, 4, 0.2);
    b.c.fillStyle = "rgb(40 54 84 / 0.35)";
    b.c.fillRect(0, 0, w, desk);
    towers(b, desk, u * 0.4, "#101830", 13, 9, 0.3);
    towers(b, desk, u * 0.26, "#0a0f1e", 11, 15, 0.34);
    // The window's frame, and the lamp's reflection in the glass.
    for (const x of [-0.52, 0, 0.52]) {
      b.shape("#05070c", (c) => c.rect(m + u * x - u * 0.009, 0, u * 0.018, desk));
      b.shape("rgb(255 190 110 / 0.14)", (c) => c.rect(m + u * x + u * 0.009, 0, u * 0.002, desk));
    }
    b.shape("#05070c", (c) => c.rect(0, h * 0.09, w, u * 0.014));
    b.glow(m + u * 0.06, h * 0.4, u * 0.12, u * 0.12, "255 190 110", 0.12);
    // The desk.
    b.shape(
      b.across(0, desk, 0, h, [
        [0, "#3a2415"],
        [0.12, "#241610"],
        [1, "#0c0807"],
      ]),
      (c) => c.rect(0, desk, w, h - desk),
    );
    const lampX = m - u * 0.26;
    b.glow(lampX + u * 0.07, desk + u * 0.08, u * 0.62, u * 0.13, "255 184 96", 0.6);
    b.line("rgb(255 214 150 / 0.5)", u * 0.003, (c) => {
      c.moveTo(m - u * 0.8, desk);
      c.lineTo(m + u * 0.7, desk);
    });
    // The lamp: foot, arm, and green shade.
    b.shape(
      b.across(lampX - u * 0.08, 0, lampX + u * 0.08, 0, [
        [0, "#6d4a16"],
        [0.4, "#e7bd62"],
        [1, "#5a3a10"],
      ]),
      (c) => {
        c.ellipse(lampX, desk + u * 0.06, u * 0.085, u * 0.018, 0, 0, 7);
        c.rect(lampX - u * 0.007, desk - u * 0.24, u * 0.014, u * 0.3);
      },
    );
    b.shape(
      b.across(0, desk - u * 0.33, 0, desk - u * 0.2, [
        [0, "#2c8a62"],
        [0.3, "#157048"],
        [1, "#0b4a30"],
      ]),
      (c) => {
        c.moveTo(lampX - u * 0.165, desk - u * 0.2);
        c.bezierCurveTo(lampX - u * 0.16, desk - u * 0.34, lampX + u * 0.16, desk - u * 0.34, lampX + u * 0.165, desk - u * 0.2);
      },
    );
    b.shape("rgb(190 255 220 / 0.3)", (c) => c.ellipse(lampX - u * 0.05, desk - u * 0.282, u * 0.06, u * 0.01, -0.12, 0, 7));
    b.shape("#fff2c8", (c) => c.ellipse(lampX, desk - u * 0.2, u * 0.163, u * 0.011, 0, 0, 7));
    b.glow(lampX, desk - u * 0.185, u * 0.24, u * 0.08, "255 216 140", 0.7);
    b.shaft(lampX - u * 0.15, lampX + u * 0.15, desk - u * 0.195, lampX - u * 0.36, lampX + u * 0.42, desk + u * 0.13, "255 204 120", 0.5);
    b.line("#e7bd62", u * 0.003, (c) => {
      c.moveTo(lampX + u * 0.06, desk - u * 0.19);
      c.lineTo(lampX + u * 0.06, desk - u * 0.12);
    });
    // An open notebook with a pen, in perspective.
    const page = (side: number) => (c: CanvasRenderingContext2D) => {
      const x = m + u * 0.12;
      c.moveTo(x, desk + u * 0.045);
      c.quadraticCurveTo(x + side * u * 0.08, desk + u * 0.03, x + side * u * 0.2, desk + u * 0.045);
      c.lineTo(x + side * u * 0.27, desk + u * 0.16);
      c.quadraticCurveTo(x + side * u * 0.1, desk + u * 0.14, x, desk + u * 0.162);
    };
    b.blur(u * 0.03, "rgb(0 0 0 / 0.7)", (c) => c.ellipse(m + u * 0.12, desk + u * 0.15, u * 0.3, u * 0.03, 0, 0, 7));
    for (const side of [-1, 1]) {
      b.shape(
        b.across(m + u * 0.12 + side * u * 0.27, 0, m + u * 0.12, 0, [
          [0, side < 0 ? "#fff0cf" : "#caa878"],
          [0.85, side < 0 ? "#f0d9a8" : "#a5845a"],
          [1, "#6d5434"],
        ]),
        page(side),
      );
      b.within(page(side), () => {
        for (let row = 0; row < 7; row += 1) {
          const y = desk + u * (0.058 + row * 0.0135);
          b.line("rgb(60 40 30 / 0.4)", u * 0.0015, (c) => {
            c.moveTo(m + u * (0.12 + side * 0.03), y);
            c.lineTo(m + u * (0.12 + side * (0.17 + row * 0.008)), y - u * 0.004);
          });
        }
      });
    }
    b.line("#0b0b10", u * 0.009, (c) => {
      c.moveTo(m + u * 0.27, desk + u * 0.06);
      c.lineTo(m + u * 0.2, desk + u * 0.13);
    });
    b.line("#e7bd62", u * 0.004, (c) => {
      c.moveTo(m + u * 0.205, desk + u * 0.125);
      c.lineTo(m + u * 0.196, desk + u * 0.134);
    });
    // A cup.
    const cup = m - u * 0.5;
    b.shape(
      b.across(cup - u * 0.045, 0, cup + u * 0.045, 0, [
        [0, "#2a2622"],
        [0.8, "#d8c6a8"],
        [1, "#6a5c48"],
      ]),
      (c) => {
        c.moveTo(cup - u * 0.045, desk - u * 0.01);
        c.bezierCurveTo(cup - u * 0.04, desk + u * 0.07, cup + u * 0.04, desk + u * 0.07, cup + u * 0.045, desk - u * 0.01);
      },
    );
    b.shape("#1a0f08", (c) => c.ellipse(cup, desk - u * 0.01, u * 0.045, u * 0.01, 0, 0, 7));
    b.steam(cup, desk - u * 0.01, u * 0.06, u * 0.16, "255 226 190", 0.1, 3);
    b.finish(0.5);
  },
};
