// The studies that move in a browser.

import type { Study } from "./brush";
import { house } from "./house";

export const living: Study[] = [house];
export { Brush } from "./brush";
