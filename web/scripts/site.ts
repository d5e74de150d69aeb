// What makes the public pages and the members' pages quicker. Everything works without it.
export {};
