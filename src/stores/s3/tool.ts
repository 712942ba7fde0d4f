import type { S3Remote, S3ToolName } from "../../runbook/store-kinds/s3.ts";

/** A bucket, or the part of one under a prefix, at its server. */
export interface Place {
  remote: S3Remote;
  bucket: string;
  /** "" or ends with "/". */
  prefix: string;
}

/**
 * What is done to buckets, as lines of shell script of one program that can do it. In a script $T is a folder of its own.
 * Lists are files of key lines (src/base/key-lines.ts): "<key>\t<bytes>\t<md5>…", with % and control characters of the
 * key written %25, %0A …
 */
export interface S3Tool {
  name: S3ToolName;
  /** Environment that is shown, and the variables filled from the vault. */
  env(remotes: readonly S3Remote[]): { env: Record<string, string>; secrets: Record<string, string> };
  /** Lines every script begins with. */
  begin(remotes: readonly S3Remote[]): string[];
  /** One chain of commands that writes "<name>\t<creation time>" of every bucket into `out`. */
  buckets(remote: S3Remote, out: string): string;
  /** Writes the key lines of all objects, in any order, into `out`. Keys are told without the prefix. */
  list(at: Place, out: string): string[];
  /** A bucket that is there already is no error. */
  make(at: Place): string[];
  /** All objects under the place; and the bucket, when the place has no prefix. One that is gone is no error. */
  remove(at: Place): string[];
  /** Files of a tree as objects; `keys` lists them. */
  upload(folder: string, to: Place, keys: string): string[];
  download(from: Place, folder: string): string[];
  copy(from: Place, to: Place): string[];
  /** At least the objects of a list that is not empty; a tool that is slow by the key may copy all of `from`. */
  copyListed(from: Place, to: Place, keys: string): string[];
  /** The objects of a list that is not empty. */
  deleteListed(at: Place, keys: string): string[];
  /** Reads the objects of a list and writes "<key>\t<sha256>" lines, in any order, into `out`. */
  sums(at: Place, keys: string, out: string): string[];
}

/** "bucket/prefix" without a slash at its end. */
export const pathOf = ({ bucket, prefix }: Place): string => `${bucket}/${prefix}`.replace(/\/$/, "");

/** As people read it, and as every tool but rclone takes it. */
export const urlOf = (place: Place): string => `s3://${pathOf(place)}`;

/** Whether a server copies between the two by itself. */
export const isSameServer = (from: Place, to: Place): boolean => from.remote.name === to.remote.name;

/** Keys of a list as they are, a line each, in `out`: for programs that take names and not key lines. */
export const rawKeys = (keys: string, out: string): string => `cut -f1 ${keys} | sed 's/%25/%/g' > ${out}`;
