package io.anyserve.metering.api;

/** What usage is told apart by. */
enum GroupBy {
  NONE,
  CAPABILITY,
  MODEL,
  SESSION,
  KEY,
  TENANT
}
