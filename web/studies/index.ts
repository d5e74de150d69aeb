// Every light study, in the order in which the style page shows them.

import { barber } from "./barber";
import { deepTissue, deepTissueLong, longMassage } from "./bodies";
import type { Study } from "./brush";
import { deskReset, guided } from "./calm";
import { venice } from "./canals";
import { desert } from "./desert";
import { facials } from "./facials";
import { forest } from "./forest";
import { garden } from "./garden";
import { house } from "./house";
import { laser, laserLarge, laserSmall, laserStudio } from "./laser";
import { massage, together, togetherLong } from "./massage";
import { mensuite } from "./mensuite";
import { alps } from "./mountains";
import { ocean } from "./ocean";
import { office } from "./office";
import { privately } from "./private";
import { bed, dome, domeAndBed, pods } from "./quiet";
import { cedarRoom, duetRoom, linenRoom, northLight, slateCorner } from "./rooms";
import { beard, cutAndShave, hotShave, theCut } from "./shave";
import { cityAir, cryo, essential, halfHour, ledRenewal } from "./skincare";
import { ember, lanterns, tide } from "./suites";

export const studies: Study[] = [
  house,
  mensuite,
  privately,
  massage,
  longMassage,
  deepTissue,
  deepTissueLong,
  deskReset,
  cedarRoom,
  slateCorner,
  facials,
  essential,
  cityAir,
  ledRenewal,
  cryo,
  halfHour,
  northLight,
  linenRoom,
  barber,
  theCut,
  beard,
  hotShave,
  cutAndShave,
  laser,
  laserSmall,
  laserLarge,
  laserStudio,
  together,
  togetherLong,
  duetRoom,
  ember,
  tide,
  lanterns,
  dome,
  bed,
  domeAndBed,
  pods,
  guided,
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
