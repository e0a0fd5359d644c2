package io.anyserve.metering.query.service;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.metering.api.Counted;
import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.api.TestKeys;
import io.anyserve.metering.query.LiveFeed;
import io.anyserve.metering.query.LocalUsage;
import io.anyserve.metering.query.PartitionOwners;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.TimeRange;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.metering.query.UsageFilter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Queries over entries that a test adds, asked by a tenant and by an admin. */
final class UsageQueryFixture {

  static final UsageCaller ACME = TestKeys.asker(TestKeys.ACME);
  static final UsageCaller ADMIN = TestKeys.asker(TestKeys.ADMIN);
  static final TenantScope OF_ACME = new TenantScope.Of(new TenantId("acme"));
  static final TimeRange HOUR =
      new TimeRange(TestEntry.NOON, TestEntry.NOON.plus(Duration.ofHours(1)));
  final Counted counted = new Counted();
  final UsageQueryService queries =
      new UsageQueryService(
          new LocalUsage(counted, new LiveFeed(counted, InstantSource.fixed(TestEntry.NOON))),
          counted,
          PartitionOwners.alone(),
          new PeerClients());

  static UsageFilter filter(String kind, String value) {
    return new UsageFilter(
        Optional.of(value).filter(_ -> kind.equals("capability")),
        Optional.of(value).filter(_ -> kind.equals("model")),
        Optional.of(value).filter(_ -> kind.equals("session")),
        Optional.of(value).filter(_ -> kind.equals("key")));
  }

  static FailureCode refusal(Runnable call) {
    return assertThrows(FailureException.class, call::run).failure().code();
  }
}
