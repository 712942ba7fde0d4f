import type { GoTool, Need } from "./need.ts";

/**
 * The tools' tags are no versions to Go. 100.7.4 is the newest commit of a release that both the module proxy and Go's
 * checksum database have.
 */
const tools = (program: "mongodump" | "mongorestore"): GoTool => ({
  from: "go",
  program,
  module: "github.com/mongodb/mongo-tools",
  version: "v0.0.0-20230720205640-fb74684da15f",
  release: "100.7.4",
  main: `./${program}/main`,
  set: { "main.VersionStr": "100.7.4", "main.GitCommit": "fb74684da15f" },
});

export const mongodb: Need = {
  name: "mongodb",
  why: "the MongoDB store: the real tools against FerretDB (SQLite), which speaks MongoDB's protocol",
  tools: [
    tools("mongodump"),
    tools("mongorestore"),
    {
      from: "go",
      program: "ferretdb",
      module: "github.com/FerretDB/FerretDB",
      version: "v1.24.2",
      main: "./cmd/ferretdb",
      // Without it the program ends with a panic that asks for this file.
      files: { "build/version/version.txt": "v1.24.2\n" },
      edits: [
        {
          // mongorestore names the collection in every index ("ns") and says ignoreUnknownIndexOptions, which MongoDB
          // obeys since 4.2. FerretDB says that it is a 7.0 and refuses "ns": no index but _id could be restored.
          file: "internal/handler/msg_createindexes.go",
          from: 'case "background":',
          to: 'case "background", "ns":',
        },
      ],
    },
    { from: "npm", program: "mongosh", package: "mongosh", version: "2.12.0" },
  ],
};
