// What makes the public pages and the members' pages quicker. Everything works without it.

import { LightStudy } from "./light-study";
import { begin } from "./parts";

begin();
customElements.define("light-study", LightStudy);
