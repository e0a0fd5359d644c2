package io.anyserve.metering;

import java.time.InstantSource;

/** What the topology needs from outside. */
record Surroundings(
    MeteringSettings settings,
    Logs logs,
    MeteringHooks hooks,
    Meters meters,
    UsageWatcher watcher,
    InstantSource clock,
    FailedRecords failed) {

  /** The topics that are read back. */
  record Logs(TokenLog tokens, UsageLog usage) {}

  /** Of the two halves. */
  record Meters(MeteringMeters fold, AccountMeters accounts) {}
}
