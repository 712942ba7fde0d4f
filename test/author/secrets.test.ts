import { describe, expect, test } from "vitest";
import { hideSecrets } from "../../src/author/hide-secrets.ts";
import { readComposeFile } from "../../src/author/look/compose-file.ts";
import { readEnvFile } from "../../src/author/look/env-file.ts";
import { newSystem } from "../../src/author/new-system.ts";
import { NOTHING_FOUND } from "../../src/author/look/look-result.ts";
import { allText, answers, fromMarkdown } from "./make.ts";

const CANARY = "c4nary-S3cret!x9";

describe("a secret in a procedure is not copied", () => {
  test.each([
    `psql postgresql://app:${CANARY}@db:5432/shop < x.sql`,
    `psql postgresql://app:p@ss/${CANARY}@db:5432/shop < x.sql`,
    `PGPASSWORD=${CANARY} psql -U app shop < x.sql`,
    `export PGPASSWORD='${CANARY}'`,
    `redis-cli -a ${CANARY} ping`,
    `redis-cli -a "${CANARY}" DBSIZE`,
    `mongorestore --username root --password ${CANARY} --db app dump/`,
    `mongodump -u root -p ${CANARY} --db app`,
    `mysql -u root -p${CANARY} shop < x.sql`,
    `mc alias set local http://localhost:9000 admin ${CANARY}`,
    `curl -u ops:${CANARY} http://h/health`,
    `curl -H "Authorization: Bearer ${CANARY}" http://h/health`,
    `curl -X POST http://h/login -d '{"user":"a","password":"${CANARY}"}'`,
    `AWS_SECRET_ACCESS_KEY=${CANARY} aws s3 ls`,
    `docker run -e POSTGRES_PASSWORD=${CANARY} postgres`,
    `psql -c "ALTER USER app PASSWORD '${CANARY}'"`,
    `clickhouse-client --password ${CANARY} --query "SELECT 1"`,
  ])("%s", (line) => {
    const text = allText(fromMarkdown(`# Recovery\n\n## Restore\n\n\`\`\`sh\n${line}\n\`\`\`\n`));
    expect(text).not.toContain("c4nary");
    expect(text).toContain("check: PROCEDURE.md:6 holds a secret itself");
  });

  test.each([
    `docker exec -e PGPASSWORD='${CANARY}&r3st' db psql -U app shop < x.sql`,
    `PGPASSWORD="${CANARY};r3st" psql -U app shop < x.sql`,
    `export DB_PASSWORD="${CANARY} with r3st"`,
    `docker run -e "POSTGRES_PASSWORD=${CANARY},r3st" postgres`,
    `DB_PASSWORD=${CANARY}&r3st`,
    `redis-cli -a '${CANARY} "r3st' ping`,
    `redis-cli -a "${CANARY}\\"r3st" ping`,
    `mongorestore --username root --password '${CANARY} r3st' --db app dump/`,
    `mongodump -u root -p '${CANARY} r3st' --db app`,
    `mysql -u root -p'${CANARY} r3st' shop < x.sql`,
    `mc alias set local http://localhost:9000 admin '${CANARY} r3st'`,
    `curl -u 'ops:${CANARY} r3st' http://h/health`,
    `curl -X POST http://h/login -d '{"user":"a","password":"${CANARY} r3st"}'`,
  ])("to its end: %s", (line) => {
    const text = allText(fromMarkdown(`# Recovery\n\n## Restore\n\n\`\`\`sh\n${line}\n\`\`\`\n`));
    expect(text).not.toContain("c4nary");
    expect(text).not.toContain("r3st");
  });

  test.each([
    `The password is \`${CANARY}\`.`,
    `password: ${CANARY}`,
    `| Password | ${CANARY} |`,
    `- **Token**: ${CANARY}`,
    `DB_PASSWORD=${CANARY}`,
  ])("in words: %s", (line) => {
    const text = allText(fromMarkdown(`# Recovery\n\n## Restore\n\n${line}\n\n1. Do it\n`));
    expect(text).not.toContain("c4nary");
  });
});

test.each([
  "PGPASSWORD=$DB_PASSWORD psql",
  "postgresql://app:${DB_PASSWORD}@db/shop",
  "redis-cli -a <password> ping",
  "the password is in the vault",
  "password: see 1Password",
  "--password prompt",
])("what only stands for a secret stays: %s", (line) => {
  expect(hideSecrets(line)).toEqual({ text: line, hidden: [] });
});

test("a masked secret in single quotes is still filled in by the shell", () => {
  expect(hideSecrets(`redis-cli -a '${CANARY}' ping`).text).toBe('redis-cli -a "${REDIS_PASSWORD}" ping');
});

test("values of secrets never leave compose and env files", () => {
  const compose = readComposeFile(
    "docker-compose.yml",
    `services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${CANARY}\n  store:\n    image: minio/minio\n    environment: [MINIO_ROOT_USER=${CANARY}, "MINIO_ROOT_PASSWORD=\${S3_PW:-${CANARY}}"]\n`,
  );
  const env = readEnvFile(
    ".env",
    `DATABASE_URL=postgresql://a:${CANARY}@db/shop\nREDIS_PASSWORD=${CANARY}\nS3_SECRET_KEY=${CANARY}\nSLACK_WEBHOOK_URL=https://hooks.slack.com/services/${CANARY}\n`,
  );
  const made = newSystem(
    { ...NOTHING_FOUND, compose: compose === undefined ? [] : [compose], env: [env] },
    answers("shop"),
    ["../../.env"],
    undefined,
  );
  expect(allText(made)).not.toContain("c4nary");
  expect(allText(made)).toContain("${S3_PW}");
  expect(JSON.stringify(env)).not.toContain("c4nary");
});
