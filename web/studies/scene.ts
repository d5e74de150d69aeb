// Turns a scene of solids into a light study: it is rendered and drawn onto the canvas, and what is not solid (flames,
// steam, gleams) is painted over it at the positions that the scene gives.

import type { Brush, Context } from "./brush";
import type { Scene, Vec } from "./model";
import { render, seen } from "./render";

/** The default share of a picture's width that is rendered: the light is soft, and fine details are painted over it. */
const SHARE = 0.38;

/** Returns where a point of the scene is in the picture, and how many pixels a length of one has there. */
export type Spotter = (x: number, y: number, z: number) => { x: number; y: number; size: number };

export function paintScene(b: Brush, scene: Scene): Spotter {
  const width = Math.round(b.w * (scene.share ?? SHARE));
  const height = Math.round(b.h * (scene.share ?? SHARE));
  b.fixed("scene", (layer) => {
    const small = b.make(width, height);
    const on = small.getContext("2d");
    if (!on) throw new Error("no canvas here");
    const image = on.createImageData(width, height);
    image.data.set(render(scene, width, height));
    on.putImageData(image, 0, 0);
    layer.c.imageSmoothingQuality = "high";
    layer.c.drawImage(small as CanvasImageSource, 0, 0, b.w, b.h);
  });
  return (x, y, z) => {
    const spot = seen(scene, b.w / b.h, [x, y, z] as Vec);
    return { x: spot.x * b.w, y: spot.y * b.h, size: spot.size * b.h };
  };
}

/** Paints a candle's flame: slim, still, and bright at its foot. */
export function flameAt(b: Brush, at: { x: number; y: number; size: number }, high: number, haze = 1): void {
  const tall = at.size * high;
  const { x, y } = at;
  const tongue = (wide: number, up: number) => (c: Context) => {
    c.moveTo(x, y + tall * 0.06);
    c.bezierCurveTo(x - wide * tall, y, x - wide * tall * 0.7, y - up * tall * 0.5, x, y - up * tall);
    c.bezierCurveTo(x + wide * tall * 0.7, y - up * tall * 0.5, x + wide * tall, y, x, y + tall * 0.06);
  };
  b.glow(x, y - tall * 0.4, tall * 3.4, tall * 3.4, "255 160 70", 0.3 * haze);
  b.blend("lighter", 1, () => {
    b.blur(tall * 0.3, "rgb(255 130 40 / 0.8)", tongue(0.26, 1));
    b.blur(tall * 0.12, "rgb(255 206 120 / 0.95)", tongue(0.2, 0.9));
    b.blur(tall * 0.08, "rgb(255 248 220 / 1)", tongue(0.12, 0.66));
  });
}
