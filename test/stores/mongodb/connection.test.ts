import { expect, test } from "vitest";
import { connectMongodb } from "../../../src/runbook/store-kinds/mongodb-connection.ts";
import { mongodb } from "../../../src/runbook/store-kinds/mongodb.ts";
import { parseMongodbUrl } from "../../../src/runbook/store-kinds/mongodb-url.ts";
import { shell, toolLine, toolUri } from "../../../src/stores/mongodb/client.ts";
import { redirectedUrl } from "../../../src/stores/mongodb/redirected-url.ts";

function connected(settings: Record<string, unknown>) {
  const result = connectMongodb("analytics", mongodb.schema.parse({ kind: "mongodb", ...settings }));
  if ("fault" in result) throw new Error(`${result.at}: ${result.fault}`);
  return { ...result, client: { connection: result.connection, appName: "lifeboat x" } };
}

const SECRET = "p@ss w/o:rd#%";
const URL = `mongodb://mongo%40admin:${encodeURIComponent(SECRET)}@db.example:27018/vizora?authSource=admin`;

test("the password is taken out of the URL and never put on a command line", () => {
  const { client, secrets, connection } = connected({ url: URL });
  expect(secrets).toEqual({ password: SECRET });
  expect(connection).toMatchObject({
    subject: "vizora",
    user: "mongo@admin",
    address: "db.example:27018",
    isLocal: false,
  });
  const command = shell(client, "vizora", "print(1);");
  const text = JSON.stringify([command, toolLine(client, "mongodump", []), connection]);
  expect(text).not.toContain(encodeURIComponent(SECRET));
  expect(text).not.toContain(SECRET);
  expect(command.secrets).toEqual({ MONGODB_PASSWORD: "analytics.password" });
});

test("one server is spoken to directly, a replica set and DNS are left to their own options", () => {
  expect(toolUri(connected({ database: "d" }).client)).toBe(
    "mongodb://localhost:27017/?directConnection=true&appName=lifeboat%20x",
  );
  const set = toolUri(
    connected({ url: "mongodb://a:1,b:2/d?replicaSet=rs0&tls=true&tlsCAFile=/etc/ca.pem" }).client,
  );
  expect(set).toContain("mongodb://a:1,b:2/?");
  expect(set).toContain("replicaSet=rs0&tls=true&tlsCAFile=%2Fetc%2Fca.pem");
  expect(set).not.toContain("directConnection");
  const srv = toolUri(connected({ url: "mongodb+srv://u:p@cluster.example/d" }).client);
  expect(srv).toMatch(/^mongodb\+srv:\/\/u@cluster\.example\/\?/);
  expect(srv).not.toContain("directConnection");
});

test("the tools get no times, which they would take for seconds; the shell does", () => {
  const { client } = connected({ url: "mongodb://h/d?socketTimeoutMS=5000&serverSelectionTimeoutMS=7000" });
  expect(toolUri(client)).not.toContain("MS=");
  expect(shell(client, "d", "").stdin).toContain("serverSelectionTimeoutMS=7000");
  expect(shell(client, "d", "").stdin).toContain("connectTimeoutMS=10000");
});

test("the database that knows the user is the URL's own, unless something else is said", () => {
  expect(connected({ url: "mongodb://u:p@h/d" }).connection.options["authSource"]).toBe("d");
  expect(connected({ url: URL }).connection.options["authSource"]).toBe("admin");
  expect(
    connected({ server: "h", user: "u", password: "p", database: "d" }).connection.options["authSource"],
  ).toBe("admin");
  expect(
    connected({ server: "h", user: "u", password: "p", database: "d", "auth-database": "x" }).connection
      .options["authSource"],
  ).toBe("x");
});

test.each([
  ["http://h/d", "a URL of the form mongodb://"],
  ["mongodb://u:p@ss@h:27017/d/e", "the URL cannot be taken apart"],
  ["mongodb://u:p@h:70000/d", "the host cannot be read"],
  ["mongodb://u:p#x@h/d", 'the URL holds a "#"'],
  ["mongodb://u:p %@h/d", "a space"],
  ["mongodb://u:%zz@h/d", "two hexadecimal digits"],
  ["mongodb://u:p@h/d?authMechanismProperties=AWS_SESSION_TOKEN:x", "may hold a secret"],
])("a URL that cannot be used says why and never repeats itself: %s", (url, why) => {
  const { fault } = parseMongodbUrl(url);
  expect(fault).toContain(why);
  expect(fault).not.toContain("p@ss");
});

test.each([
  [{}, "no database is named"],
  [{ url: "mongodb://h" }, "end the url in /database"],
  [{ user: "u", database: "d" }, "the user u is given without a password"],
  [{ password: "p", database: "d" }, "a password is given without a user"],
])("what is missing is named: %j", (settings, why) => {
  expect(() => connected(settings)).toThrow(why);
});

test("a database of the server's own is refused: where the user is known is not what is restored", () => {
  const url = URL.replace("/vizora", "/admin");
  expect(() => connected({ url })).toThrow("url: the database admin is the server's own");
  expect(() => connected({ url })).toThrow("/<database>?authSource=admin");
  expect(() => connected({ database: "local" })).toThrow("database: the database local is the server's own");
});

test("a command of a drill is pointed at the scratch copy", () => {
  expect(redirectedUrl("mongodb://u:p@h:1/vizora?x=1", "vizora", "vizora__drill_1")).toBe(
    "mongodb://u:p@h:1/vizora__drill_1?x=1",
  );
  expect(redirectedUrl("mongodb://u:p@h:1/other", "vizora", "x")).toBeUndefined();
  expect(redirectedUrl("postgres://h/vizora", "vizora", "x")).toBeUndefined();
});
