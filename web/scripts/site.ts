// Enhancements of the public pages and the members' pages. Everything works without them.

import { LightStudy } from "./light-study";
import { begin } from "./parts";

begin();
customElements.define("light-study", LightStudy);
