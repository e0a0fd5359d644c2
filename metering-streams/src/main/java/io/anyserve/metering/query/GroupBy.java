package io.anyserve.metering.query;

/** What usage is told apart by. */
public enum GroupBy {
  NONE,
  CAPABILITY,
  MODEL,
  SESSION,
  KEY,
  TENANT
}
