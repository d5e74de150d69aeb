// The light study of the house: a hall of arches over dark water, and a door with light in it at its end.

import type { Brush, Context, Study } from "./brush";

function arch(c: Context, x: number, foot: number, half: number, rise: number): void {
  c.moveTo(x - half, foot);
  c.lineTo(x - half, foot - rise);
  c.arc(x, foot - rise, half, Math.PI, 0);
  c.lineTo(x + half, foot);
  c.closePath();
}

function hall(b: Brush): void {
  const { w, h, u } = b;
  const x = w > h ? w * 0.62 : w * 0.5;
  const foot = h * 0.6;
  const half = u * 0.058;
  const rise = u * 0.15;
  b.fade([
    [0, "#0c0a08"],
    [1, "#120d09"],
  ]);
  // From the nearest arch to the farthest. Each wall is dark on the viewer's side. The light of the door shines on the
  // thickness of the arch, and haze makes what is far away lighter.
  const scales = [9.6, 6.5, 4.5, 3.2, 2.3, 1.66];
  let outer = { half: w * 3, rise: h * 3 };
  for (const [index, scale] of scales.entries()) {
    const far = (index + 1) / scales.length;
    const air = far ** 1.5;
    const size = { half: half * scale, rise: rise * scale ** 0.86 };
    const face = b.round(x, foot - size.rise * 0.7, size.half * 2.6, [
      [0, `rgb(${34 + 92 * air} ${25 + 56 * air} ${16 + 24 * air})`],
      [0.5, `rgb(${23 + 66 * air} ${17 + 38 * air} ${12 + 15 * air})`],
      [1, `rgb(${13 + 26 * air} ${10 + 15 * air} ${8 + 7 * air})`],
    ]);
    b.c.fillStyle = face;
    b.c.beginPath();
    arch(b.c, x, foot, outer.half, outer.rise);
    arch(b.c, x, foot, size.half, size.rise);
    b.c.fill("evenodd");
    // The thickness of the arch: broad at the side along which the viewer looks, thin above.
    const deep = size.half * 0.11;
    const inner = { half: size.half - deep, rise: size.rise - deep * 0.1 };
    b.c.fillStyle = b.round(x, foot - size.rise * 0.35, size.half * 2.5, [
      [0, `rgb(255 ${206 + 20 * air} ${132 + 40 * air} / ${0.34 + 0.6 * air})`],
      [0.42, `rgb(236 ${160 + 20 * air} ${74 + 20 * air} / ${0.3 + 0.55 * air})`],
      [0.75, `rgb(150 88 34 / ${0.24 + 0.4 * air})`],
      [1, `rgb(70 40 16 / ${0.2 + 0.3 * air})`],
    ]);
    b.c.beginPath();
    arch(b.c, x, foot, size.half, size.rise);
    arch(b.c, x, foot, inner.half, inner.rise);
    b.c.fill("evenodd");
    b.line(`rgb(255 224 160 / ${0.1 + 0.35 * air})`, Math.max(0.8, deep * 0.06), (c) => {
      c.moveTo(x - inner.half, foot);
      c.lineTo(x - inner.half, foot - inner.rise);
      c.arc(x, foot - inner.rise, inner.half, Math.PI, 0);
      c.lineTo(x + inner.half, foot);
    });
    outer = inner;
  }
  // The last wall, and the door in it.
  b.within(
    (c) => arch(c, x, foot, outer.half, outer.rise),
    () => {
      b.c.fillStyle = b.round(x, foot - rise * 0.6, half * 2.2, [
        [0, "#f2b861"],
        [0.4, "#b87a30"],
        [1, "#5e3914"],
      ]);
      b.c.fillRect(0, 0, w, foot);
    },
  );
  b.glow(x, foot - rise * 0.5, u * 0.6, u * 0.5, "255 178 80", 0.3);
  b.blur(u * 0.02, "#ffe2a6", (c) => arch(c, x, foot, half * 0.8, rise * 0.86));
  b.within(
    (c) => arch(c, x, foot, half * 0.74, rise * 0.84),
    () => {
      b.c.fillStyle = b.across(0, foot - rise * 1.3, 0, foot, [
        [0, "#ffcf7d"],
        [0.4, "#ffe6b4"],
        [0.8, "#fff3d8"],
        [1, "#ffe1a4"],
      ]);
      b.c.fillRect(0, 0, w, foot);
      b.c.fillStyle = b.across(x - half * 0.74, 0, x + half * 0.74, 0, [
        [0, "rgb(190 110 30 / 0.55)"],
        [0.3, "rgb(255 220 150 / 0)"],
        [0.8, "rgb(255 220 150 / 0)"],
        [1, "rgb(200 120 40 / 0.35)"],
      ]);
      b.c.fillRect(0, 0, w, foot);
    },
  );
  b.glow(x, foot - rise * 0.4, u * 0.17, u * 0.22, "255 214 140", 0.32);
}

export const house: Study = {
  name: "the-house",
  alt: "A hall of stone arches over still, dark water. At the far end, light from an open door falls across the water.",
  paint(b) {
    const { w, h, u } = b;
    const x = w > h ? w * 0.62 : w * 0.5;
    const foot = h * 0.6;
    const seen = b.fixed("hall", hall);
    b.mirror(foot, { from: seen, calm: 0.9, dim: 0.8, tint: "14 9 5", warm: "255 206 140" });
    b.glints(x, foot, u * 0.16, h, "255 205 120", 0.5);
    b.glow(x, foot, u * 0.34, u * 0.006, "255 220 150", 0.5);
    b.steam(x, foot + u * 0.08, u * 0.9, u * 0.42, "255 214 160", 0.05, 4);
    b.finish(0.55);
  },
};
