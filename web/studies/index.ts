// Every light study, in the order in which the style page shows them.

import { barber } from "./barber";
import type { Study } from "./brush";
import { venice } from "./canals";
import { desert } from "./desert";
import { facials } from "./facials";
import { forest } from "./forest";

import { garden } from "./garden";
import { house } from "./house";
import { massage, together } from "./massage";
import { mensuite } from "./mensuite";
import { alps } from "./mountains";
import { ocean } from "./ocean";
import { office } from "./office";
import { privately } from "./private";
import { bed, dome, pods } from "./quiet";
import { laser } from "./laser";
import { ember, lanterns, tide } from "./suites";

export const studies: Study[] = [
  house,
  mensuite,
  privately,
  massage,
  facials,
  barber,
  laser,
  together,
  ember,
  tide,
  lanterns,
  dome,
  bed,
  pods,
  garden,
  alps,
  venice,
  ocean,
  forest,
  desert,
  office,
];
export type { Study };
export { Brush } from "./brush";
