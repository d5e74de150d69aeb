// Care of the skin: faces, and light that is cut fine.

import type { Context, Study } from "./brush";
import { chance, thin } from "./brush";

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
