/** pg_dump never compresses the table of contents of a directory, but people compress folders afterwards. */
export const isToc = (name: string): boolean => name === "toc.dat" || name === "toc.dat.gz";
