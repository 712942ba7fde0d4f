/** `$$` is a dollar sign, `$NAME` a variable; any other dollar sign is itself. */
const VARIABLE = /\$(?:(\$)|([A-Za-z_]\w*))/g;

/** Names of the variables in a text. */
export function dollarNames(text: string): string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, , name]) => name ?? []);
}

/** Puts their values in. */
export function fillDollars(text: string, valueOf: (name: string) => string): string {
  return text.replaceAll(VARIABLE, (_all, _dollar, name: string | undefined) =>
    name === undefined ? "$" : valueOf(name),
  );
}
