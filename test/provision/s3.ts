import type { Need } from "./need.ts";

/**
 * MinIO and mc are tagged by date, which Go does not read as versions: these are the newest commits that the module
 * proxy has. Both projects have stopped to publish programs.
 */
export const s3: Need = {
  name: "s3",
  why: "the S3 store against MinIO, by each of the clients it knows: rclone, aws, mc",
  tools: [
    {
      from: "go",
      program: "minio",
      module: "github.com/minio/minio",
      version: "v0.0.0-20260212201848-7aac2a2c5b7c",
      main: ".",
    },
    {
      from: "go",
      program: "mc",
      module: "github.com/minio/mc",
      version: "v0.0.0-20250313080218-cf909e1063a9",
      main: ".",
    },
    { from: "debian", package: "rclone", programs: ["rclone"] },
    { from: "debian", package: "awscli", programs: ["aws"] },
  ],
};
