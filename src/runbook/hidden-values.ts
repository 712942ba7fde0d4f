/** As people name a user, unlike the 20 mixed characters that AWS and MinIO make. */
const READS_LIKE_A_NAME = /^(?=.{1,15}$)[a-z]+(?:[-_.][a-z]+)*\d{0,4}$/i;

/**
 * What of a vault is hidden wherever it is printed: all but an S3 access key that somebody chose, as MINIO_ROOT_USER often
 * is the system's own name. It says who, not the secret; hidden, it would blank that word out of every container's name.
 */
export function hiddenValues(vault: ReadonlyMap<string, string>): string[] {
  return [...vault]
    .filter(([key, value]) => !(/\.(?:backup-)?access-key$/.test(key) && READS_LIKE_A_NAME.test(value)))
    .map(([, value]) => value);
}
