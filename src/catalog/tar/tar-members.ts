import type { CheckResult } from "../../step/check.ts";
import type { Seen } from "../kinds/artifact-kind.ts";
import { hasTarSum } from "./header.ts";
import { pathOf } from "./member-lines.ts";
import { type TarMember, TarReader } from "./tar-reader.ts";
import { endingResult, specialResults, unsafeResult } from "./tar-results.ts";

/** Whether bytes begin a tar archive; `empty` says what one without a member is. */
export function tarPayload(head: Buffer, empty: string): Seen | undefined {
  if (head.length < 512) return undefined;
  if (hasTarSum(head.subarray(0, 512))) return { payload: "tar" };
  // Nothing but the end mark: what tar writes when it was given no files.
  return head.every((byte) => byte === 0) ? { payload: "empty", why: empty } : undefined;
}

/** What an archive unpacks to. */
export interface TarContents {
  /** By path. A name that comes twice is what its last member makes of it, as when it is unpacked. */
  members: ReadonlyMap<string, TarMember>;
  files: number;
  bytes: number;
  /** Whether it comes to its end and unpacks to nothing outside its own folder. */
  results: CheckResult[];
}

/** Reads an archive on its way. */
export function tarContents(): { push: (chunk: Buffer) => void; end: () => TarContents } {
  const members = new Map<string, TarMember>();
  const reader = new TarReader((member) => {
    // The label of an archive is no file.
    if (member.type !== "V") members.set(pathOf(member.name), member);
  });
  return {
    push: (chunk) => reader.push(chunk),
    end: () => {
      const files = [...members.values()].filter(({ type }) => type === "0");
      return {
        members,
        files: files.length,
        bytes: files.reduce((sum, { size }) => sum + size, 0),
        results: [
          endingResult(reader.end(), members.size),
          unsafeResult(members),
          ...specialResults(members),
        ],
      };
    },
  };
}
