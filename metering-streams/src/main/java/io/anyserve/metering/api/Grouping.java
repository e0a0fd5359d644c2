package io.anyserve.metering.api;

/** What usage is told apart by. */
enum Grouping {
  NONE,
  CAPABILITY,
  MODEL,
  SESSION,
  KEY,
  TENANT
}
