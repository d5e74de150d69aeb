// What makes the back office quicker. Everything works without it.

import { begin } from "./parts";

begin();
