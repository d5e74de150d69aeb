// What makes the back office quicker. Everything works without it.
export {};
