// The brush that light studies are painted with. The same code paints the stills at build time and the animation in a
// browser; the function that creates a canvas, which differs, is passed in.

export type Context = CanvasRenderingContext2D;
export type Canvas = { width: number; height: number; getContext(kind: "2d"): Context | null };
export type Maker = (width: number, height: number) => Canvas;

/** A picture drawn by code. */
export interface Study {
  name: string;
  /** The alternative text. */
  alt: string;
  paint(brush: Brush): void;
}

export type Stops = [at: number, colour: string][];
type Path = (c: Context) => void;

/** Returns a generator of numbers from 0 to 1 that depends only on the seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Returns a smooth random function of x with values from -1 to 1. */
export function wave(seed: number): (x: number) => number {
  const at = (whole: number) => chance(Math.imul(whole | 0, 374761393) ^ Math.imul(seed, 668265263))() * 2 - 1;
  return (x) => {
    const whole = Math.floor(x);
    const part = x - whole;
    const ease = part * part * part * (part * (part * 6 - 15) + 10);
    return at(whole) * (1 - ease) + at(whole + 1) * ease;
  };
}

/** Returns the same with finer and finer detail, for a ridge, a shore, or a cloud. */
export function rough(seed: number, octaves = 6, fall = 0.5): (x: number) => number {
  const waves = Array.from({ length: octaves }, (_, octave) => wave(seed + octave * 17));
  return (x) => {
    let sum = 0;
    let size = 1;
    let step = 1;
    for (const one of waves) {
      sum += one(x * step) * size;
      size *= fall;
      step *= 2.03;
    }
    return sum;
  };
}

/** Returns a color with an alpha value. */
export function thin(rgb: string, alpha: number): string {
  return `rgb(${rgb} / ${Math.max(0, Math.min(1, alpha)).toFixed(4)})`;
}

export class Brush {
  readonly c: Context;
  /** A unit of length that suits the subject, whatever the shape of the picture is. */
  readonly u: number;
  /** The horizontal center. */
  readonly m: number;
  t = 0;
  #layers = new Map<string, Canvas>();

  constructor(
    readonly canvas: Canvas,
    readonly make: Maker,
  ) {
    const c = canvas.getContext("2d");
    if (!c) throw new Error("no canvas here");
    this.c = c;
    this.u = Math.min(canvas.height, canvas.width * 0.92);
    this.m = canvas.width / 2;
  }

  get w(): number {
    return this.canvas.width;
  }

  get h(): number {
    return this.canvas.height;
  }

  /** Returns a layer for what does not move. It is painted only once. */
  fixed(key: string, paint: (brush: Brush) => void): Canvas {
    let layer = this.#layers.get(key);
    if (!layer) {
      layer = this.make(this.w, this.h);
      paint(new Brush(layer, this.make));
      this.#layers.set(key, layer);
    }
    this.c.drawImage(layer as CanvasImageSource, 0, 0);
    return layer;
  }

  /** Fills the whole picture, or a horizontal band, with a gradient from top to bottom. */
  fade(stops: Stops, from = 0, to = this.h): void {
    const shade = this.c.createLinearGradient(0, from, 0, to);
    for (const [at, colour] of stops) shade.addColorStop(at, colour);
    this.c.fillStyle = shade;
    this.c.fillRect(0, from, this.w, to - from);
  }

  across(x0: number, y0: number, x1: number, y1: number, stops: Stops): CanvasGradient {
    const shade = this.c.createLinearGradient(x0, y0, x1, y1);
    for (const [at, colour] of stops) shade.addColorStop(at, colour);
    return shade;
  }

  round(x: number, y: number, r: number, stops: Stops, inner = 0): CanvasGradient {
    const shade = this.c.createRadialGradient(x, y, inner, x, y, r);
    for (const [at, colour] of stops) shade.addColorStop(at, colour);
    return shade;
  }

  /** Adds a light that falls off with the distance. `rgb` is a text such as "255 214 138". */
  glow(x: number, y: number, rx: number, ry: number, rgb: string, strength: number): void {
    const { c } = this;
    c.save();
    c.globalCompositeOperation = "lighter";
    c.translate(x, y);
    c.scale(1, ry / rx);
    const stops: Stops = [];
    for (let step = 0; step <= 12; step += 1) {
      const far = step / 12;
      const fall = (Math.exp(-4.2 * far * far) - Math.exp(-4.2)) / (1 - Math.exp(-4.2));
      stops.push([far, thin(rgb, strength * fall)]);
    }
    c.fillStyle = this.round(0, 0, rx, stops);
    c.fillRect(-rx, -rx, rx * 2, rx * 2);
    c.restore();
  }

  /** Paints a blurred path by showing only its shadow, which every canvas supports. */
  blur(amount: number, colour: string, path: Path): void {
    const { c } = this;
    const away = this.w * 4;
    c.save();
    c.shadowColor = colour;
    c.shadowBlur = amount;
    c.shadowOffsetX = away;
    c.translate(-away, 0);
    c.fillStyle = "#000";
    c.beginPath();
    path(c);
    c.fill();
    c.restore();
  }

  shape(fill: string | CanvasGradient, path: Path): void {
    this.c.fillStyle = fill;
    this.c.beginPath();
    path(this.c);
    this.c.fill();
  }

  line(stroke: string | CanvasGradient, width: number, path: Path): void {
    this.c.strokeStyle = stroke;
    this.c.lineWidth = width;
    this.c.lineCap = "round";
    this.c.lineJoin = "round";
    this.c.beginPath();
    path(this.c);
    this.c.stroke();
  }

  within(path: Path, paint: () => void): void {
    this.c.save();
    this.c.beginPath();
    path(this.c);
    this.c.clip();
    paint();
    this.c.restore();
  }

  blend(how: GlobalCompositeOperation, alpha: number, paint: () => void): void {
    this.c.save();
    this.c.globalCompositeOperation = how;
    this.c.globalAlpha = alpha;
    paint();
    this.c.restore();
  }

  /** Paints land from a line of heights down to the lower edge of the picture. */
  land(fill: string | CanvasGradient, height: (x: number) => number, foot = this.h): void {
    this.shape(fill, (c) => {
      c.moveTo(0, foot);
      const step = Math.max(1, this.w / 800);
      for (let x = 0; x <= this.w + step; x += step) c.lineTo(x, height(x));
      c.lineTo(this.w, foot);
    });
  }

  /**
   * Paints water from `y` down: the picture above it, upside down and broken by ripples that grow towards the viewer.
   * `from` is what it mirrors, if that is a layer of its own: a browser copies a canvas that is drawn onto itself, once
   * for each line.
   */
  mirror(y: number, { calm = 1, dim = 0.72, tint = "8 10 14", foot = this.h, squash = 1, warm = "255 255 255", from = this.canvas } = {}): void {
    const { c, w, t } = this;
    const depth = foot - y;
    const swing = wave(5);
    const drift = wave(9);
    const step = Math.max(1, Math.round(this.h / 700));
    for (let row = 0; row < depth; row += step) {
      const near = row / depth;
      const size = (0.0015 + 0.03 * near * near) / calm;
      const pace = 26 / (0.12 + near);
      const lift = swing(near * pace + t * 0.55) * size * this.h * 0.9;
      const side = drift(near * pace * 1.7 - t * 0.4) * size * w * 0.22;
      const source = Math.max(0, Math.min(y - step, y - row * squash - step + lift));
      const image = from as CanvasImageSource;
      c.drawImage(image, 0, source, w, step, 0, y + row, w, step + 1);
      c.drawImage(image, 0, source, w, step, side, y + row, w, step + 1);
    }
    this.blend("multiply", 1, () => {
      c.fillStyle = `rgb(${warm})`;
      c.fillRect(0, y, w, depth);
    });
    c.fillStyle = this.across(0, y, 0, foot, [
      [0, thin(tint, 1 - dim)],
      [1, thin(tint, Math.min(1, 1.55 - dim))],
    ]);
    c.fillRect(0, y, w, depth);
  }

  /** Paints lines of light on water. */
  glints(x: number, y: number, spread: number, foot: number, rgb: string, strength: number, seed = 3): void {
    const { c, t } = this;
    const next = chance(seed);
    c.save();
    c.globalCompositeOperation = "lighter";
    for (let one = 0; one < 150; one += 1) {
      const near = next() ** 1.4;
      const at = x + (next() - 0.5 + (next() - 0.5)) * spread * (0.25 + near);
      const length = this.w * (0.006 + 0.05 * near * next());
      const beat = 0.55 + 0.45 * Math.sin(t * (0.5 + next()) + next() * 9);
      const high = Math.max(0.7, this.h * 0.0022 * (0.3 + near));
      const row = y + (foot - y) * near;
      c.fillStyle = this.across(at - length, 0, at + length, 0, [
        [0, thin(rgb, 0)],
        [0.5, thin(rgb, strength * beat * (1 - 0.7 * near))],
        [1, thin(rgb, 0)],
      ]);
      c.fillRect(at - length, row, length * 2, high);
    }
    c.restore();
  }

  /** Paints steam that rises and bends. */
  steam(x: number, y: number, width: number, height: number, rgb: string, strength: number, seed = 1): void {
    const next = chance(seed * 97);
    for (let one = 0; one < 40; one += 1) {
      const life = (next() + this.t * (0.02 + 0.02 * next())) % 1;
      const bend = Math.sin(life * 5 + next() * 6.3) * width * 0.12;
      const at = x + (next() - 0.5) * width + bend;
      const size = width * (0.1 + 0.24 * life) * (0.6 + next());
      const fade = Math.sin(Math.PI * life) * strength * (0.4 + 0.6 * next());
      this.glow(at, y - height * life, size * 1.6, size * 1.2, rgb, fade * 0.5);
    }
  }

  /** Paints a shaft of light from a point or a slit. */
  shaft(x0: number, x1: number, y0: number, x2: number, x3: number, y1: number, rgb: string, strength: number): void {
    this.blend("lighter", 1, () => {
      const shade = this.across(0, y0, 0, y1, [
        [0, thin(rgb, strength)],
        [0.6, thin(rgb, strength * 0.35)],
        [1, thin(rgb, 0)],
      ]);
      for (const spread of [1, 0.82, 0.6]) {
        const middle0 = (x0 + x1) / 2;
        const middle1 = (x2 + x3) / 2;
        this.c.globalAlpha = 0.4;
        this.shape(shade, (c) => {
          c.moveTo(middle0 + (x0 - middle0) * spread, y0);
          c.lineTo(middle0 + (x1 - middle0) * spread, y0);
          c.lineTo(middle1 + (x3 - middle1) * spread, y1);
          c.lineTo(middle1 + (x2 - middle1) * spread, y1);
        });
      }
    });
  }

  stars(count: number, foot: number, strength: number, seed = 11): void {
    const next = chance(seed);
    for (let one = 0; one < count; one += 1) {
      const x = next() * this.w;
      const y = next() ** 1.3 * foot;
      const size = (0.35 + next() ** 6 * 1.6) * (this.h / 1000);
      const beat = 0.7 + 0.3 * Math.sin(this.t * (0.4 + next()) + next() * 9);
      this.shape(thin("255 248 232", strength * beat * (0.3 + 0.7 * next()) * (1 - y / foot)), (c) =>
        c.arc(x, y, size, 0, 7),
      );
    }
  }

  /** Darkens the edges and adds a fine grain, so that gradients show no bands. */
  finish(dark = 0.5, grain = 0.018): void {
    this.fixed("finish", (veil) => veil.#veil(dark, grain));
  }

  #veil(dark: number, grain: number): void {
    const { c, w, h } = this;
    const far = Math.hypot(w, h) / 2;
    c.fillStyle = this.round(this.m, h * 0.48, far * 1.05, [
      [0, "rgb(0 0 0 / 0)"],
      [0.55, "rgb(0 0 0 / 0)"],
      [1, `rgb(0 0 0 / ${dark})`],
    ]);
    c.fillRect(0, 0, w, h);
    const size = 192;
    const tile = this.make(size, size);
    const on = tile.getContext("2d");
    if (!on) return;
    const data = on.createImageData(size, size);
    const next = chance(77);
    for (let at = 0; at < data.data.length; at += 4) {
      const light = next() > 0.5 ? 255 : 0;
      data.data.set([light, light, light, next() * 255 * grain], at);
    }
    on.putImageData(data, 0, 0);
    const pattern = c.createPattern(tile as CanvasImageSource, "repeat");
    if (pattern) {
      c.fillStyle = pattern;
      c.fillRect(0, 0, w, h);
    }
  }
}
