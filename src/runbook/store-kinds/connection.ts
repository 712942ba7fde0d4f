/** What the connection of every kind of store tells. Holds no secret: safe in plans, on screens, in journals. */
export interface ConnectionBase {
  kind: string;
  /** Where it is, for people: "localhost:5432", "[::1]:6379", "http://localhost:9000", "/run/docker.sock". */
  address: string;
  /** As whom, for people; "" where there are no names. */
  user: string;
  /** What is restored, and what is typed at gates: the database, the bucket, the volume. */
  subject: string;
  /** The server is on this machine, so that its disk and files may be looked at. */
  isLocal: boolean;
  /** Names that can neither be restored into nor removed, because they are the server's own. */
  reserved: readonly string[];
}

/** "localhost:5432", "[::1]:5432", or the socket "/run/postgresql:5432". */
export function addressOf({ server, port }: { server: string; port: string }): string {
  return server.includes(":") ? `[${server}]:${port}` : `${server}:${port}`;
}

/** A socket's folder, or a name that always means this machine. */
export function isLocalServer(server: string): boolean {
  return server.startsWith("/") || ["localhost", "127.0.0.1", "::1"].includes(server);
}
