import { isToc } from "../is-toc.ts";
import type { ArtifactKind } from "./artifact-kind.ts";

/** Its files are told by the general signatures; what is inside is read by `inspectArtifact` itself. */
export const postgres: ArtifactKind = {
  folderOf: (files) => (files.some(isToc) ? { payload: "directory" } : undefined),
  noFolder: "a folder without toc.dat, so not a directory-format backup",
};
