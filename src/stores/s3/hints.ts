import type { Hint } from "../hint.ts";

/** What rclone, aws, mc and the built-in client say, and what it means. */
export const HINTS: readonly Hint[] = [
  {
    says: /SignatureDoesNotMatch|request signature we calculated/,
    likely: "the secret key is wrong (or the clock of this machine is)",
    next: "correct secret-key of the store, then run again",
  },
  {
    says: /InvalidAccessKeyId|Access Key Id you provided does not exist/,
    likely: "the server does not know this access key",
    next: "correct access-key of the store, then run again",
  },
  {
    says: /RequestTimeTooSkewed/,
    likely: "the clock of this machine and the server's differ by more than 15 minutes",
    next: "set the clock, then run again",
  },
  {
    says: /AccessDenied|Access Denied|status code: 403/,
    likely: "these keys may not do this",
    next: "give the key the rights to list, read, write and delete in the bucket and to make buckets, or name one of yours with beside:",
  },
  {
    says: /NoSuchBucket|directory not found|bucket does not exist/,
    likely: "there is no bucket of this name at this server",
    next: "correct bucket or endpoint of the store",
  },
  {
    // MinIO also says it as an InternalError, with the reason of its system call.
    says: /XMinioStorageFull|drive path full|QuotaExceeded|storage backend has reached|cause\(no space left on device\)/i,
    likely: "the server's disk is full: there has to be room for the copy besides what is there",
    next: "free disk at the server, then try again",
  },
  {
    says: /Could not connect to the endpoint URL|dial tcp .*connection refused|RequestError: send request failed/,
    likely: "nothing answers at the endpoint",
    next: "start the server, or correct endpoint of the store",
  },
];
