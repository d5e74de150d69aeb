// The studies that are animated in a browser.

import type { Study } from "./brush";
import { house } from "./house";

export const living: Study[] = [house];
export { Brush } from "./brush";
