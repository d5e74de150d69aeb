// Light studies of the quiet rooms: pods, a dome of stars, and a bed with sensors.

import type { Brush, Context, Study } from "./brush";
import { chance, rough, thin, wave } from "./brush";

/** Paints a person who sits with crossed legs. */
function sitter(b: Brush, x: number, y: number, s: number, colour: string): void {
  b.shape(colour, (c) => c.ellipse(x, y - s * 0.9, s * 0.092, s * 0.108, 0, 0, 7));
  b.shape(colour, (c) => {
    c.moveTo(x - s * 0.045, y - s * 0.88);
    c.lineTo(x - s * 0.05, y - s * 0.74);
    c.bezierCurveTo(x - s * 0.2, y - s * 0.7, x - s * 0.22, y - s * 0.62, x - s * 0.25, y - s * 0.44);
    c.bezierCurveTo(x - s * 0.28, y - s * 0.3, x - s * 0.34, y - s * 0.22, x - s * 0.4, y - s * 0.16);
    c.bezierCurveTo(x - s * 0.52, y - s * 0.1, x - s * 0.5, y, x - s * 0.38, y);
    c.bezierCurveTo(x - s * 0.14, y + s * 0.02, x + s * 0.14, y + s * 0.02, x + s * 0.38, y);
    c.bezierCurveTo(x + s * 0.5, y, x + s * 0.52, y - s * 0.1, x + s * 0.4, y - s * 0.16);
    c.bezierCurveTo(x + s * 0.34, y - s * 0.22, x + s * 0.28, y - s * 0.3, x + s * 0.25, y - s * 0.44);
    c.bezierCurveTo(x + s * 0.22, y - s * 0.62, x + s * 0.2, y - s * 0.7, x + s * 0.05, y - s * 0.74);
    c.lineTo(x + s * 0.045, y - s * 0.88);
  });
}

export const pods: Study = {
  name: "meditation-pods",
  alt: "Egg-shaped pods glowing in a quiet, dark room. In the nearest one, someone is meditating.",
  paint(b) {
    const { h, w, u, m } = b;
    const floor = h * 0.78;
    b.fade([
      [0, "#0a0a14"],
      [0.78, "#15132a"],
      [1, "#06060c"],
    ]);
    b.glow(m, floor, u * 1.1, u * 0.3, "120 100 200", 0.24);
    const egg = (x: number, foot: number, s: number, hue: [string, string, string], seated: boolean) => {
      const shell = (c: Context) => {
        c.moveTo(x, foot - s);
        c.bezierCurveTo(x + s * 0.34, foot - s, x + s * 0.46, foot - s * 0.5, x + s * 0.4, foot - s * 0.22);
        c.bezierCurveTo(x + s * 0.36, foot - s * 0.04, x + s * 0.2, foot, x, foot);
        c.bezierCurveTo(x - s * 0.2, foot, x - s * 0.36, foot - s * 0.04, x - s * 0.4, foot - s * 0.22);
        c.bezierCurveTo(x - s * 0.46, foot - s * 0.5, x - s * 0.34, foot - s, x, foot - s);
      };
      b.glow(x, foot - s * 0.4, s * 0.9, s * 0.9, hue[0], 0.3);
      b.blur(s * 0.1, "rgb(0 0 0 / 0.8)", (c) => c.ellipse(x, foot + s * 0.02, s * 0.36, s * 0.05, 0, 0, 7));
      b.shape(
        b.across(x - s * 0.45, 0, x + s * 0.45, 0, [
          [0, "#5a5872"],
          [0.2, "#e8e4f4"],
          [0.5, "#a8a4bf"],
          [1, "#2c2a40"],
        ]),
        shell,
      );
      const mouth = (c: Context) => c.ellipse(x, foot - s * 0.46, s * 0.3, s * 0.38, 0, 0, 7);
      b.shape(
        b.round(x, foot - s * 0.52, s * 0.42, [
          [0, `rgb(${hue[1]})`],
          [0.5, `rgb(${hue[0]})`],
          [1, `rgb(${hue[2]})`],
        ]),
        mouth,
      );
      b.within(mouth, () => {
        b.shape(thin(hue[2], 0.85), (c) => c.ellipse(x, foot - s * 0.1, s * 0.34, s * 0.13, 0, 0, 7));
        b.shape("rgb(255 246 236 / 0.85)", (c) => c.ellipse(x, foot - s * 0.145, s * 0.24, s * 0.05, 0, 0, 7));
        if (seated) sitter(b, x, foot - s * 0.145, s * 0.5, "#1c1430");
      });
      b.line(thin(hue[1], 0.8), s * 0.012, mouth);
      b.glow(x, foot + s * 0.03, s * 0.5, s * 0.06, hue[0], 0.4);
    };
    egg(m + u * 0.78, floor - u * 0.1, u * 0.26, ["92 128 196", "206 226 255", "28 40 84"], false);
    egg(m + u * 0.56, floor - u * 0.05, u * 0.4, ["90 150 190", "210 240 250", "22 50 74"], false);
    egg(m - u * 0.5, floor - u * 0.04, u * 0.44, ["170 110 190", "244 214 250", "58 28 74"], false);
    b.shape(
      b.across(0, floor, 0, h, [
        [0, "rgb(20 18 40 / 0)"],
        [1, "rgb(4 4 10 / 0.9)"],
      ]),
      (c) => c.rect(0, floor, w, h),
    );
    egg(m + u * 0.02, h * 0.92, u * 0.8, ["255 176 108", "255 240 206", "116 56 34"], true);
    b.finish(0.55);
  },
};

/** Paints a dome under the stars, and in it what `inside` paints on its floor. */
function underDome(b: Brush, inside: (floor: number) => void): void {
  const { h, w, u, m } = b;
  const floor = h * 0.8;
  b.fixed("night", (f) => {
    f.fade([
      [0, "#020812"],
      [0.5, "#082032"],
      [0.8, "#0f4450"],
      [1, "#04121a"],
    ]);
    // The band of the galaxy.
    const next = chance(8);
    const bend = rough(5, 4);
    for (let one = 0; one < 2300; one += 1) {
      const x = next() * w;
      const off = (next() + next() + next() - 1.5) * u * 0.2;
      const y = h * 0.34 - (x - m) * 0.36 + off + bend(x / u) * u * 0.04;
      if (y > floor) continue;
      f.shape(thin(next() > 0.5 ? "190 232 255" : "214 255 236", 0.14 + 0.4 * next() ** 4), (c) => c.arc(x, y, u * (0.0006 + 0.0014 * next() ** 4), 0, 7));
    }
    for (let one = -4; one <= 4; one += 1) f.glow(m + one * u * 0.16, h * 0.34 - one * u * 0.06, u * 0.26, u * 0.14, "110 190 220", 0.055);
  });
  b.stars(210, floor, 0.95, 23);
  const r = u * 0.55;
  const cy = floor;
  b.glow(m, cy - u * 0.08, u * 0.66, u * 0.4, "80 240 200", 0.3);
  b.shape(
    b.across(0, floor, 0, h, [
      [0, "#0e3a40"],
      [1, "#020a10"],
    ]),
    (c) => c.rect(0, floor, w, h),
  );
  const shell = (c: Context) => {
    c.moveTo(m - r, cy);
    c.arc(m, cy, r, Math.PI, 0);
  };
  b.shape(
    b.round(m - r * 0.35, cy - r * 0.7, r * 1.5, [
      [0, "rgb(200 255 240 / 0.16)"],
      [0.5, "rgb(120 230 220 / 0.05)"],
      [1, "rgb(120 255 230 / 0.2)"],
    ]),
    shell,
  );
  // Triangles on a half sphere: rings and meridians, every second ring turned.
  b.within(shell, () => {
    const point = (ring: number, one: number, count: number) => {
      const lift = (ring / 5) * (Math.PI / 2);
      const turn = ((one + (ring % 2) * 0.5) / count) * Math.PI - Math.PI / 2;
      return { x: m + Math.sin(turn) * Math.cos(lift) * r, y: cy - Math.sin(lift) * r * 0.985 + Math.cos(turn) * Math.cos(lift) * r * 0.02 };
    };
    const count = 7;
    for (let ring = 0; ring < 5; ring += 1) {
      for (let one = -1; one <= count; one += 1) {
        const from = point(ring, one, count);
        const light = 0.2 + 0.4 * Math.abs(Math.sin(one * 2.1 + ring * 1.3));
        const shift = ring % 2;
        for (const to of [point(ring, one + 1, count), point(ring + 1, one + shift, count), point(ring + 1, one + shift - 1, count)]) {
          b.line(thin("190 255 240", light), u * 0.0032, (c) => {
            c.moveTo(from.x, from.y);
            c.lineTo(to.x, to.y);
          });
        }
        b.shape("rgb(225 255 248 / 0.8)", (c) => c.arc(from.x, from.y, u * 0.0046, 0, 7));
      }
    }
  });
  b.line("rgb(210 255 244 / 0.75)", u * 0.005, shell);
  b.line("rgb(160 255 230 / 0.9)", u * 0.008, (c) => {
    c.moveTo(m - r, cy);
    c.lineTo(m + r, cy);
  });
  b.glow(m, cy, u * 0.66, u * 0.025, "150 255 230", 0.7);
  inside(floor);
  b.steam(m, floor - u * 0.02, u * 0.7, u * 0.3, "160 255 235", 0.05, 3);
  b.finish(0.5);
}

/** Paints two reclined loungers. */
function loungers(b: Brush, floor: number): void {
  const { u, m } = b;
  for (const side of [-1, 1]) {
    const x = m + side * u * 0.2;
    const y = floor + u * 0.005;
    b.blur(u * 0.02, "rgb(0 0 0 / 0.8)", (c) => c.ellipse(x, y + u * 0.008, u * 0.18, u * 0.014, 0, 0, 7));
    b.line("#03161a", u * 0.014, (c) => {
      c.moveTo(x - u * 0.12, y - u * 0.05);
      c.lineTo(x - u * 0.13, y);
      c.moveTo(x + u * 0.08, y - u * 0.05);
      c.lineTo(x + u * 0.09, y);
    });
    b.line("#d9fff4", u * 0.03, (c) => {
      c.moveTo(x - u * 0.17, y - u * 0.045);
      c.quadraticCurveTo(x - u * 0.1, y - u * 0.075, x - u * 0.02, y - u * 0.06);
      c.quadraticCurveTo(x + u * 0.05, y - u * 0.05, x + u * 0.15, y - u * 0.16);
    });
    b.line("rgb(10 60 60 / 0.6)", u * 0.008, (c) => {
      c.moveTo(x - u * 0.17, y - u * 0.034);
      c.quadraticCurveTo(x - u * 0.1, y - u * 0.062, x - u * 0.02, y - u * 0.048);
      c.quadraticCurveTo(x + u * 0.05, y - u * 0.038, x + u * 0.15, y - u * 0.148);
    });
    b.shape("#ffffff", (c) => c.ellipse(x + u * 0.135, y - u * 0.168, u * 0.028, u * 0.014, -0.8, 0, 7));
  }
}

/** Paints a bed on wheels with light beneath it. */
function rolledBed(b: Brush, floor: number): void {
  const { u, m } = b;
  const y = floor - u * 0.085;
  const half = u * 0.27;
  b.blend("lighter", 1, () => b.blur(u * 0.05, "rgb(90 190 255 / 0.8)", (c) => c.ellipse(m, floor + u * 0.004, half * 0.86, u * 0.012, 0, 0, 7)));
  b.blur(u * 0.02, "rgb(0 0 0 / 0.8)", (c) => c.ellipse(m, floor + u * 0.012, half, u * 0.01, 0, 0, 7));
  b.shape("#04141a", (c) => {
    c.moveTo(m - half * 0.42, y + u * 0.02);
    c.lineTo(m + half * 0.42, y + u * 0.02);
    c.lineTo(m + half * 0.3, floor - u * 0.012);
    c.lineTo(m - half * 0.3, floor - u * 0.012);
  });
  b.shape("#04141a", (c) => c.roundRect(m - half * 0.62, floor - u * 0.018, half * 1.24, u * 0.014, u * 0.006));
  for (const side of [-1, 1]) b.shape("#9fd8d4", (c) => c.arc(m + side * half * 0.54, floor, u * 0.009, 0, 7));
  b.shape(
    b.across(0, y - u * 0.03, 0, y + u * 0.036, [
      [0, "#f0fffa"],
      [0.4, "#9fd0d0"],
      [1, "#0f3a44"],
    ]),
    (c) => {
      c.moveTo(m - half, y - u * 0.012);
      c.bezierCurveTo(m - half * 0.5, y - u * 0.03, m + half * 0.2, y - u * 0.006, m + half * 0.5, y - u * 0.02);
      c.quadraticCurveTo(m + half * 0.8, y - u * 0.05, m + half, y - u * 0.075);
      c.quadraticCurveTo(m + half * 1.06, y - u * 0.05, m + half * 0.96, y - u * 0.03);
      c.quadraticCurveTo(m + half * 0.7, y + u * 0.03, m + half * 0.3, y + u * 0.034);
      c.lineTo(m - half * 0.86, y + u * 0.034);
      c.quadraticCurveTo(m - half * 1.04, y + u * 0.024, m - half, y - u * 0.012);
    },
  );
  b.shape("#ffffff", (c) => c.ellipse(m + half * 0.86, y - u * 0.074, u * 0.042, u * 0.018, -0.36, 0, 7));
  b.line("rgb(150 226 255 / 0.95)", u * 0.005, (c) => {
    c.moveTo(m - half * 0.84, y + u * 0.02);
    c.lineTo(m + half * 0.4, y + u * 0.02);
  });
  // The scanner of the back: a hoop of light over the bed.
  b.line("#bfeaf0", u * 0.011, (c) => {
    c.moveTo(m - half * 0.46, y + u * 0.01);
    c.bezierCurveTo(m - half * 0.5, y - u * 0.17, m + half * 0.24, y - u * 0.17, m + half * 0.2, y + u * 0.01);
  });
  b.glow(m - half * 0.07, y - u * 0.05, u * 0.12, u * 0.1, "120 200 255", 0.5);
}

export const dome: Study = {
  name: "oxygen-dome",
  alt: "A clear dome of triangles under a starry sky, with two loungers inside in soft green light.",
  paint: (b) => underDome(b, (floor) => loungers(b, floor)),
};

export const domeAndBed: Study = {
  name: "dome-and-bed",
  alt: "A massage bed, lit from below, alone inside a clear dome of triangles under a starry sky.",
  paint: (b) => underDome(b, (floor) => rolledBed(b, floor)),
};

export const bed: Study = {
  name: "ai-massage-bed",
  alt: "A dark room with a low bed. Fine lines of light trace the shape of a back.",
  paint(b) {
    const { h, u, m } = b;
    const y = h * 0.66;
    b.fade([
      [0, "#060711"],
      [0.6, "#101528"],
      [1, "#04050a"],
    ]);
    b.glow(m, y - u * 0.1, u * 0.95, u * 0.4, "70 110 220", 0.3);
    // The bed: a slab with light beneath it.
    b.blend("lighter", 1, () => b.blur(u * 0.08, "rgb(90 150 255 / 0.75)", (c) => c.ellipse(m, y + u * 0.17, u * 0.55, u * 0.03, 0, 0, 7)));
    b.shape(
      b.across(0, y - u * 0.01, 0, y + u * 0.15, [
        [0, "#49506e"],
        [0.12, "#262b42"],
        [1, "#0a0c16"],
      ]),
      (c) => c.roundRect(m - u * 0.66, y, u * 1.32, u * 0.12, u * 0.055),
    );
    b.shape(
      b.across(0, y - u * 0.14, 0, y + u * 0.06, [
        [0, "#141a30"],
        [1, "#2f3654"],
      ]),
      (c) => {
        c.moveTo(m - u * 0.58, y - u * 0.14);
        c.lineTo(m + u * 0.7, y - u * 0.14);
        c.quadraticCurveTo(m + u * 0.76, y - u * 0.13, m + u * 0.66, y + u * 0.045);
        c.quadraticCurveTo(m, y + u * 0.06, m - u * 0.66, y + u * 0.045);
        c.quadraticCurveTo(m - u * 0.66, y - u * 0.13, m - u * 0.58, y - u * 0.14);
      },
    );
    b.shape("rgb(150 190 255 / 0.9)", (c) => c.roundRect(m - u * 0.6, y + u * 0.085, u * 1.2, u * 0.006, u * 0.003));
    b.shape("#0a0c16", (c) => {
      c.moveTo(m - u * 0.32, y + u * 0.12);
      c.lineTo(m + u * 0.32, y + u * 0.12);
      c.lineTo(m + u * 0.26, y + u * 0.24);
      c.lineTo(m - u * 0.26, y + u * 0.24);
    });
    // A person who lies face down, as slices from the crown of the head to the heels: how broad, and how high.
    const along: [at: number, half: number, high: number][] = [
      [-0.56, 0.0, 0.0],
      [-0.545, 0.04, 0.05],
      [-0.5, 0.062, 0.085],
      [-0.45, 0.05, 0.07],
      [-0.42, 0.045, 0.05],
      [-0.39, 0.075, 0.055],
      [-0.35, 0.165, 0.075],
      [-0.3, 0.18, 0.09],
      [-0.2, 0.15, 0.088],
      [-0.1, 0.12, 0.068],
      [-0.03, 0.125, 0.075],
      [0.04, 0.148, 0.104],
      [0.1, 0.15, 0.104],
      [0.17, 0.135, 0.078],
      [0.32, 0.1, 0.055],
      [0.42, 0.085, 0.052],
      [0.52, 0.058, 0.034],
      [0.58, 0.05, 0.036],
      [0.6, 0.04, 0.02],
    ];
    const measure = (x: number): [number, number] => {
      let index = along.findIndex(([at]) => at > x);
      if (index < 1) index = index === 0 ? 1 : along.length - 1;
      const [at0, half0, high0] = along[index - 1] ?? [0, 0, 0];
      const [at1, half1, high1] = along[index] ?? [1, 0, 0];
      const part = Math.max(0, Math.min(1, (x - at0) / (at1 - at0)));
      const soft = part * part * (3 - 2 * part);
      return [half0 + (half1 - half0) * soft, high0 + (high1 - high0) * soft];
    };
    const project = (x: number, z: number, high: number) => ({
      x: m + u * (x * 1.02 - z * 0.34),
      y: y - u * 0.045 + z * u * 0.42 - high * u,
    });
    const ease = wave(3);
    const slices = 92;
    for (let slice = 0; slice <= slices; slice += 1) {
      const x = 0.598 - (slice / slices) * 1.156;
      const [half, high] = measure(x);
      // Two legs below the hips, and two arms beside them.
      const legs = Math.max(0, Math.min(1, (x - 0.14) / 0.08));
      const outline: { x: number; y: number }[] = [];
      for (let step = 0; step <= 40; step += 1) {
        const z = -1 + step / 20;
        const dome = Math.sqrt(Math.max(0, 1 - z * z));
        const pair = Math.sqrt(Math.max(0, 1 - (2 * Math.abs(z) - 1) ** 2));
        const spine = x > -0.36 && x < 0.04 ? 0.011 * Math.exp(-((z / 0.16) ** 2)) : 0;
        const blades = 0.016 * Math.exp(-(((x + 0.27) / 0.06) ** 2)) * Math.exp(-(((Math.abs(z) - 0.45) / 0.22) ** 2));
        const seat = 0.014 * Math.exp(-(((x - 0.075) / 0.06) ** 2)) * (Math.exp(-(((Math.abs(z) - 0.42) / 0.26) ** 2)) - 0.9 * Math.exp(-((z / 0.12) ** 2)));
        const rise = high * (dome ** 0.72 * (1 - legs) + pair ** 0.8 * legs) - spine + blades + seat;
        outline.push(project(x, z * half, Math.max(0, rise)));
      }
      const trace = (c: Context) => outline.forEach((at, step) => (step === 0 ? c.moveTo(at.x, at.y) : c.lineTo(at.x, at.y)));
      b.shape("rgb(14 20 46 / 0.8)", trace);
      const scan = Math.exp(-(((x + 0.14 - 0.02 * ease(b.t * 0.2)) / 0.11) ** 2));
      const first = outline[0];
      const last = outline[40];
      if (!first || !last) continue;
      b.line(
        b.across(first.x, first.y - u * 0.1, last.x, last.y, [
          [0, thin("120 160 255", 0.3 + 0.5 * scan)],
          [0.5, thin(scan > 0.4 ? "240 250 255" : "150 200 255", 0.6 + 0.4 * scan)],
          [1, thin("130 160 255", 0.5 + 0.4 * scan)],
        ]),
        u * (0.0017 + 0.001 * scan),
        trace,
      );
    }
    // The scanning line of light, and what it has found.
    const at = m + u * (-0.14 + 0.02 * ease(b.t * 0.2));
    b.shaft(at - u * 0.005, at + u * 0.005, h * 0.1, at - u * 0.09, at + u * 0.09, y, "150 200 255", 0.55);
    b.shape("#1b2036", (c) => c.roundRect(at - u * 0.1, h * 0.075, u * 0.2, u * 0.035, u * 0.016));
    b.shape("#cfe6ff", (c) => c.roundRect(at - u * 0.06, h * 0.075 + u * 0.029, u * 0.12, u * 0.005, u * 0.002));
    b.line("#1b2036", u * 0.012, (c) => {
      c.moveTo(at, 0);
      c.lineTo(at, h * 0.08);
    });
    for (const [x, z, high] of [
      [-0.29, -0.08, 0.095],
      [-0.29, 0.075, 0.1],
      [-0.05, 0.05, 0.07],
    ] as const) {
      const spot = project(x, z, high);
      b.glow(spot.x, spot.y, u * 0.05, u * 0.045, "255 170 96", 0.95);
      b.shape("#fff0d8", (c) => c.arc(spot.x, spot.y, u * 0.006, 0, 7));
    }
    b.glow(m, y + u * 0.23, u * 0.5, u * 0.04, "90 140 255", 0.4);
    b.finish(0.5);
  },
};
