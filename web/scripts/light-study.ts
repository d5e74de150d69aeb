// `<light-study name="the-house">` wraps a still picture and animates it, if the machine paints fast enough and the
// visitor asked for neither reduced motion nor reduced data.

/** The maximum time to paint a frame, in milliseconds. A slower machine keeps the still picture. */
const EFFORT = 9;
/** The number of frames that are painted before the speed is judged. */
const TRIED = 12;
/** The frames per second; the light moves slowly. */
const FRAME_RATE = 24;
/** The maximum length of the longer side in pixels. */
const LONGEST = 1280;

type Saving = Navigator & { connection?: { saveData?: boolean } };

export class LightStudy extends HTMLElement {
  #ends = new AbortController();

  connectedCallback(): void {
    const still = matchMedia("(prefers-reduced-motion: reduce), (prefers-reduced-data: reduce), (update: slow)").matches;
    if (still || (navigator as Saving).connection?.saveData || navigator.hardwareConcurrency < 4) return;
    const start = () => setTimeout(() => void this.#live(), 600);
    if (document.readyState === "complete") start();
    else addEventListener("load", start, { once: true, signal: this.#ends.signal });
  }

  disconnectedCallback(): void {
    this.#ends.abort();
  }

  async #live(): Promise<void> {
    if (this.#ends.signal.aborted) return;
    const { Brush, living } = await import("../studies/living");
    const study = living.find((one) => one.name === this.getAttribute("name"));
    const box = this.getBoundingClientRect();
    if (!study || box.width === 0) return;
    const scale = Math.min(1, LONGEST / Math.max(box.width, box.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(box.width * scale);
    canvas.height = Math.round(box.height * scale);
    const brush = new Brush(canvas, (width, height) => Object.assign(document.createElement("canvas"), { width, height }));
    let isSeen = false;
    const watch = new IntersectionObserver(([one]) => (isSeen = one?.isIntersecting ?? false));
    watch.observe(this);
    let last = 0;
    let count = 0;
    let spent = 0;
    const end = () => {
      watch.disconnect();
      this.remove();
    };
    const paint = (now: number) => {
      if (this.#ends.signal.aborted) return watch.disconnect();
      if (isSeen && !document.hidden && now - last >= 1000 / FRAME_RATE) {
        last = now;
        brush.t = 7 + now / 1000;
        const began = performance.now();
        study.paint(brush);
        // Reading a pixel waits until the frame has really been painted.
        if (count < TRIED) brush.c.getImageData(0, 0, 1, 1);
        count += 1;
        // The first frame also paints the layers that do not move, so it does not count.
        if (count > 1 && count <= TRIED) spent += performance.now() - began;
        if (count === TRIED) {
          if (spent / (TRIED - 1) > EFFORT) return end();
          this.append(canvas);
          this.setAttribute("alive", "");
        }
      }
      requestAnimationFrame(paint);
    };
    requestAnimationFrame(paint);
  }
}
