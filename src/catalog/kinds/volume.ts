import { readable } from "../../base/byte-text.ts";
import { memberLines } from "../tar/member-lines.ts";
import { tarContents, tarPayload } from "../tar/tar-members.ts";
import type { ArtifactKind, ContentReader, Seen } from "./artifact-kind.ts";

const payloadOf = (head: Buffer): Seen | undefined =>
  tarPayload(head, "a tar archive without a single member");

/** Facts: `members` are the lines of src/catalog/tar/member-lines.ts, `files` and `bytes` what they amount to. */
function tarContent(): ContentReader {
  const archive = tarContents();
  return {
    push: archive.push,
    end: () => {
      const { members, files, bytes, results } = archive.end();
      return { results, facts: { members: memberLines(members).map(readable), files, bytes } };
    },
  };
}

/** A volume's backup is one tar archive, packed or not. */
export const volume: ArtifactKind = {
  payloadOf,
  folderOf: () => undefined,
  noFolder: "a folder: a volume's backup is a tar archive",
  reader: (payload) => (payload === "tar" ? tarContent() : undefined),
};
