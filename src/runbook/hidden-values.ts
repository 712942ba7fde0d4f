/** As people name a user, unlike the 20 mixed characters that AWS and MinIO make. */
const READS_LIKE_A_NAME = /^(?=.{1,15}$)[a-z]+(?:[-_.][a-z]+)*\d{0,4}$/i;

const isName = (key: string, value: string): boolean =>
  /\.(?:backup-)?access-key$/.test(key) && READS_LIKE_A_NAME.test(value);

/**
 * What of a vault is hidden wherever it is printed: all but an S3 access key that somebody chose, as MINIO_ROOT_USER often
 * is the system's own name. It says who, not the secret; hidden, it would blank that word out of every container's name.
 */
export function hiddenValues(vault: ReadonlyMap<string, string>): string[] {
  const names = new Set([...vault].filter(([key, value]) => isName(key, value)).map(([, value]) => value));
  // The variable that it came from is in the vault, too.
  const isShown = (key: string, value: string): boolean =>
    isName(key, value) || (key.startsWith("environment.") && names.has(value));
  return [...vault].filter(([key, value]) => !isShown(key, value)).map(([, value]) => value);
}
