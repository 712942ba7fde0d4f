import { createServer } from "node:net";
import { cp, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MongoEstate, openMongoEstate } from "../../helpers/mongodb-estate.ts";
import { MONGODB_PROGRAMS, PASSWORD, type Snapshot } from "../../helpers/mongodb.ts";
import { freePort } from "../../helpers/free-port.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { findProgram } from "../../provision/programs.ts";

const PATIENCE = 400_000;

suiteFor("MongoDB: what goes wrong", MONGODB_PROGRAMS, () => {
  let estate: MongoEstate;
  let archive: string;
  let folder: string;
  let before: Snapshot;
  beforeAll(async () => {
    estate = await openMongoEstate();
    await estate.fill("vizora");
    archive = await estate.backup("vizora", "archive");
    folder = await estate.backup("vizora", "directory");
    // What happened since: a restore that goes wrong must leave exactly this.
    await estate.server.db("vizora").collection("orders").deleteOne({ _id: 3 });
    before = await estate.server.snapshot();
  }, PATIENCE);
  afterAll(() => estate?.stop());

  /** Ran, said all of it, and left everything as it was. */
  async function refused(args: string[], code: number, says: string[], env = {}): Promise<string> {
    const ran = await estate.restore("vizora", args, env);
    const said = ran.stdout + ran.stderr;
    for (const one of says) expect(said).toContain(one);
    expect(ran.code, said).toBe(code);
    expect(await estate.server.snapshot()).toEqual(before);
    return said;
  }

  /** A folder as mongodump writes it, without a manifest, with other metadata of orders. */
  async function withIndex(name: string, index: object): Promise<string> {
    const path = join(estate.folder, name);
    await cp(folder, path, { recursive: true });
    const file = join(path, "vizora", "orders.metadata.json");
    const metadata = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...metadata, indexes: [...metadata.indexes, index] }));
    return path;
  }

  test(
    "a truncated archive is refused before anything is touched",
    async () => {
      const path = join(estate.folder, "cut.archive");
      await cp(archive, path);
      await truncate(path, 90_000);
      await refused(["--backup", path], 11, ["it was cut off: it ends at byte", "nothing was changed"]);
    },
    PATIENCE,
  );

  test(
    "what the tool loses or changes on the way makes the verification red and is named; no password in its arguments",
    async () => {
      const args = join(estate.folder, "arguments");
      const mongosh = `${findProgram("mongosh")} --quiet --norc --nodb --file /dev/stdin`;
      const damage = `const name = process.env.NS_TO.split(".")[0];
const url = "mongodb://" + encodeURIComponent("mongo@admin") + ":" + encodeURIComponent(process.env.MONGODB_PASSWORD) + "@127.0.0.1:${estate.server.port}/?authSource=admin";
const db2 = new Mongo(url).getDB(name);
db2.customers.deleteOne({ _id: 7 });
db2.orders.updateOne({ _id: 9 }, { $set: { note: "x" } });
db2.orders.dropIndex("by_customer");
db2.stray.insertOne({ a: 1 });`;
      const path = await estate.standIns({
        mongorestore: `#!/bin/sh
printf '%s\\n' "$@" >> ${args}
[ "$1" = --version ] && exec ${findProgram("mongorestore")} --version
${findProgram("mongorestore")} "$@" || exit
for one; do case $one in --nsTo=*) NS_TO=\${one#--nsTo=}; export NS_TO ;; esac; done
cat <<'END' | ${mongosh} >&2
${damage}
END
`,
      });
      await refused(
        ["--drill", "--backup", archive],
        24,
        [
          "customers: 1 document missing",
          "orders: the number of documents is right, but at least one value is not what was backed up",
          "orders.by_customer",
          "stray",
        ],
        path,
      );
      expect(await readFile(args, "utf8")).toContain("--uri=mongodb://mongo%40admin@127.0.0.1");
      expect(await readFile(args, "utf8")).not.toContain(encodeURIComponent(PASSWORD));
    },
    PATIENCE,
  );

  test(
    "documents that failed with an exit code of 0 stop the restore",
    async () => {
      const path = await estate.standIns({
        mongorestore: `#!/bin/sh
[ "$1" = --version ] && exec ${findProgram("mongorestore")} --version
echo "2026-11-20T07:00:00.000+0000	1797 document(s) restored successfully. 3 document(s) failed to restore." >&2
`,
      });
      await refused(
        ["--backup", archive, "--on-failure", "undo"],
        21,
        ["3 document(s) failed to restore"],
        path,
      );
    },
    PATIENCE,
  );

  test(
    "an index the server refuses is named, with what that means",
    async () => {
      const path = await withIndex("ttl", { v: 2, key: { at: 1 }, name: "ttl", expireAfterSeconds: 60 });
      await refused(["--drill", "--backup", path], 20, [
        "the server refuses an index of the backup (NotImplemented)",
      ]);
    },
    PATIENCE,
  );

  test(
    "an index the server makes otherwise than it was is red",
    async () => {
      const path = await withIndex("sparse", { v: 2, key: { note: 1 }, name: "sparse", sparse: true });
      await refused(["--drill", "--backup", path], 24, ["orders.sparse"]);
    },
    PATIENCE,
  );

  test(
    "a collection with a dot is refused here, before anything is touched, with the way out",
    async () => {
      const path = join(estate.folder, "dotted");
      await cp(folder, path, { recursive: true });
      for (const end of ["bson", "metadata.json"])
        await cp(join(path, "vizora", `empty.${end}`), join(path, "vizora", `fs.files.${end}`));
      const file = join(path, "vizora", "fs.files.metadata.json");
      await writeFile(file, (await readFile(file, "utf8")).replace('"empty"', '"fs.files"'));
      await refused(["--backup", path], 11, [
        "FerretDB does not rename collections with a dot",
        "--nsInclude=vizora.fs.files",
      ]);
    },
    PATIENCE,
  );

  test(
    "a wrong password, a closed port and a port that never answers are told apart",
    async () => {
      const url = estate.server.url("vizora");
      const wrong = { MONGODB_URL: url.replace(/:[^:@]+@/, ":wrong@") };
      await refused(["--dry-run", "--backup", archive], 11, ["the user or the password is not right"], wrong);
      const closed = { MONGODB_URL: url.replace(`:${estate.server.port}/`, `:${await freePort()}/`) };
      await refused(["--dry-run", "--backup", archive], 11, ["no server listens there"], closed);
      const silent = createServer();
      await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
      const address = silent.address();
      const port = typeof address === "object" ? address?.port : 0;
      const mute = { MONGODB_URL: url.replace(`:${estate.server.port}/`, `:${port}/`) };
      await refused(["--dry-run", "--backup", archive], 11, ["the server's address does not answer"], mute);
      silent.close();
    },
    PATIENCE,
  );

  test(
    "a server that stops in the middle of the restore: the old data is whole, and the run can be taken up",
    async () => {
      const path = await estate.standIns({
        mongorestore: `#!/bin/sh
[ "$1" = --version ] && exec ${findProgram("mongorestore")} --version
[ -e ${estate.folder}/go ] || { touch ${estate.folder}/waits; while [ ! -e ${estate.folder}/go ]; do sleep 0.1; done; }
exec ${findProgram("mongorestore")} "$@"
`,
      });
      const running = estate.start(
        [
          "run",
          "vizora",
          "lost",
          "--live",
          "--confirm",
          "vizora",
          "--backup",
          archive,
          "--on-failure",
          "stop",
        ],
        path,
      );
      await running.until(/Restore beside/);
      while (!(await readFile(`${estate.folder}/waits`).catch(() => undefined)))
        await new Promise((again) => setTimeout(again, 50));
      await estate.server.halt();
      await writeFile(`${estate.folder}/go`, "");
      const ran = await running.ended;
      expect(ran.code, ran.stdout + ran.stderr).toBe(20);
      await estate.server.start();
      const resumed = await estate.lifeboat(["resume", "latest", "--plain", "--confirm", "vizora"], path);
      expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
      const undone = await estate.lifeboat(["undo", "latest", "--confirm", "vizora"]);
      expect(undone.code, undone.stdout + undone.stderr).toBe(0);
      expect(await estate.server.snapshot()).toEqual(before);
    },
    PATIENCE,
  );
});
