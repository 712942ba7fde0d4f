import { expect } from "vitest";
import type { PlainDump } from "../../src/catalog/plain-dump.ts";
import { PlainScanner } from "../../src/catalog/scan-plain.ts";

function scanIn(bytes: Buffer, size: number): PlainDump {
  const scanner = new PlainScanner();
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  return scanner.end();
}

/** Scans in chunks of several sizes, which must all find the same. */
export function scan(text: string): PlainDump {
  const bytes = Buffer.from(text);
  const whole = scanIn(bytes, bytes.length);
  for (const size of [1, 2, 3, 7, 64 * 1024])
    expect(scanIn(bytes, size), `in chunks of ${size}`).toEqual(whole);
  return whole;
}

/** How pg_dump 17 begins. */
export const PREAMBLE = String.raw`--
-- PostgreSQL database dump
--

\restrict S3cretToken

-- Dumped from database version 17.2 (Debian 17.2-1)
-- Dumped by pg_dump version 17.6

SET statement_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
`;
