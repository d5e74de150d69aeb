export async function stills() { return []; }
