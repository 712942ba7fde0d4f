import type { Need } from "./need.ts";

/** InfluxDB 1.6: the 1.x line is what the store is for. */
export const influxdb: Need = {
  name: "influxdb",
  why: "the InfluxDB store: portable and legacy backups",
  tools: [
    { from: "debian", package: "influxdb", programs: ["influxd"], units: ["influxdb.service"] },
    { from: "debian", package: "influxdb-client", programs: ["influx"] },
  ],
};
