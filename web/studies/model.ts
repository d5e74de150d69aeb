// The model of a scene: solids with their materials, lamps, and the camera.

export type Vec = readonly [x: number, y: number, z: number];
export type Distance = (x: number, y: number, z: number) => number;

/** The material of a solid. Colors are linear light, from 0 to 1; see `tint`. */
export interface Matter {
  color: Vec | ((x: number, y: number, z: number) => Vec);
  /** How strong and how sharp its highlights are. */
  shine?: number;
  gloss?: number;
  /** How much it mirrors when viewed straight on; more at a slant. */
  mirror?: number;
  /** The light that it emits. */
  glow?: Vec | ((x: number, y: number, z: number) => Vec);
  /** How far light reaches around it, from 0 to 1: wax, skin, and linen are soft. */
  soft?: number;
  /** A fine relief, in the length units of the scene. */
  relief?: Distance;
  /** The step with which the relief is sampled. */
  grain?: number;
}

export interface Solid {
  distance: Distance;
  matter: Matter;
  /** A bounding sphere: its center and radius. Without one, the solid is measured everywhere. */
  around?: readonly [x: number, y: number, z: number, r: number];
  /**
   * For an infinite plane: its normal, and its distance along the normal. Rays are intersected with it directly,
   * without marching.
   */
  flat?: readonly [nx: number, ny: number, nz: number, level: number];
  /** Whether it casts a shadow; the default is true. */
  casts?: boolean;
}

export interface Lamp {
  at: Vec;
  /** The linear light at a distance of one. */
  light: Vec;
  /** The radius of the lamp: the larger, the softer its shadows. */
  size: number;
  /**
   * The direction of the lamp, and the cosines between which it fades. Without it, the lamp shines in all directions.
   */
  toward?: Vec;
  cone?: readonly [inner: number, outer: number];
  /** How much of its light the haze scatters. */
  haze?: number;
  /** Whether solids block its light; the default is true. */
  shadows?: boolean;
}

export interface Scene {
  eye: Vec;
  target: Vec;
  /** The height of the view at a distance of one. Wide pictures see more at the sides. */
  view: number;
  solids: readonly Solid[];
  lamps: readonly Lamp[];
  /** The ambient light from above and from below. */
  above: Vec;
  below: Vec;
  /** The color of the haze, and the share of light that is left after one unit of length. */
  air: Vec;
  clear: number;
  /** The maximum length of rays. */
  far: number;
  exposure?: number;
  /** The share of the picture's width that is rendered. Soft scenes that are costly can be rendered smaller. */
  share?: number;
}
