package io.anyserve.metering;

import io.anyserve.metering.store.UsageListener;
import io.anyserve.runtime.kafka.LogReader;
import java.time.InstantSource;

/** What the topology needs from outside. */
record MeteringDependencies(
    MeteringConfig settings,
    Logs logs,
    BillingServices hooks,
    Metrics metrics,
    UsageListener watcher,
    InstantSource clock,
    FailedRecords failed) {

  /** The topics that are read back. */
  record Logs(LogReader tokens, UsageLog usage) {}

  /** Of the two halves. */
  record Metrics(MeteringMetrics ledger, AggregateMetrics aggregates) {}
}
