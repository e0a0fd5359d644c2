package io.anyserve.metering.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.metering.api.Counted;
import io.anyserve.metering.api.TestEntry;
import io.anyserve.metering.store.UsageStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LiveFeedTest {

  private static final TenantScope ACME = new TenantScope.Of(new TenantId("acme"));

  private final LiveFeed feed = new LiveFeed(new Counted(), InstantSource.fixed(TestEntry.NOON));

  @Test
  void eachListenerGetsWhatWasAddedInItsScope() {
    RecordingListener acme = new RecordingListener();
    RecordingListener all = new RecordingListener();
    UsageStore.Subscription leaving = feed.watch(ACME, acme);
    feed.watch(new TenantScope.All(), all);

    feed.entry(TestEntry.of("acme", "s1").tokens(3).cost(5).entry());
    feed.entry(TestEntry.of("acme", "s1").tokens(4).outcome(Outcome.FAILED).entry());
    feed.entry(TestEntry.of("globex", "s1").tokens(100).entry());
    feed.tick();
    feed.tick();
    leaving.close();
    leaving.close();
    feed.entry(TestEntry.of("acme", "s1").entry());
    feed.tick();

    assertEquals(1, acme.changes.size());
    assertEquals(2, acme.changes.getFirst().requests());
    assertEquals(1, acme.changes.getFirst().failed());
    assertEquals(7, acme.changes.getFirst().completionTokens());
    assertEquals(75, acme.changes.getFirst().costMicros());
    assertEquals(TestEntry.NOON, acme.changes.getFirst().at());
    assertEquals(List.of(3L, 1L), all.changes.stream().map(LiveUsage::requests).toList());
    assertEquals(1, feed.listeners());
  }

  @Test
  void onlySomeEntriesAreShownAndAllAreCounted() {
    RecordingListener heard = new RecordingListener();
    feed.watch(ACME, heard);
    for (int i = 0; i < 500; i++) {
      feed.entry(TestEntry.of("acme", "s1").entry());
    }
    feed.tick();
    assertEquals(500, heard.changes.getFirst().requests());
    assertEquals(20, heard.changes.getFirst().entries().size());
  }

  @Test
  void thereIsAPlaceForSoManyListeners() {
    List<UsageStore.Subscription> watches = new ArrayList<>();
    var refused =
        assertThrows(
            FailureException.class,
            () -> {
              for (int i = 0; i < 10_000; i++) {
                watches.add(feed.watch(ACME, new RecordingListener()));
              }
            });
    assertEquals(FailureCode.OVERLOADED, refused.failure().code());
    watches.forEach(UsageStore.Subscription::close);
    assertEquals(0, feed.listeners());
    feed.watch(ACME, new RecordingListener());
  }

  @Test
  void whoeverListensIsToldTheEnd() {
    RecordingListener heard = new RecordingListener();
    feed.watch(ACME, heard);
    feed.close();
    assertEquals(FailureCode.SHUTTING_DOWN, heard.end().failure().code());
  }

  @Test
  void aSlowReaderGetsOneSumWithoutEntries() throws Exception {
    ConflatingBuffer latest = new ConflatingBuffer();
    LiveUsage.Sum sum = new LiveUsage.Sum();
    sum.add(TestEntry.of("acme", "s1").entry());
    for (int i = 0; i < 1_000; i++) {
      latest.next(sum.at(TestEntry.NOON.plusSeconds(i)));
    }
    LiveUsage taken = latest.take(Duration.ZERO).orElseThrow();
    assertEquals(1_000, taken.requests());
    assertTrue(taken.entries().isEmpty());
    assertEquals(TestEntry.NOON.plusSeconds(999), taken.at());
    assertEquals(Optional.empty(), latest.take(Duration.ZERO));
    latest.next(taken);
    latest.failed(new FailureException(FailureCode.SHUTTING_DOWN, "stop"));
    assertEquals(1_000, latest.take(Duration.ZERO).orElseThrow().requests());
    assertThrows(FailureException.class, () -> latest.take(Duration.ZERO));
  }

  /** Keeps what it is told. */
  private static final class RecordingListener implements UpdateListener<LiveUsage> {

    private final List<LiveUsage> changes = new ArrayList<>();
    private final List<FailureException> ends = new ArrayList<>();

    FailureException end() {
      return ends.getFirst();
    }

    @Override
    public void next(LiveUsage usage) {
      changes.add(usage);
    }

    @Override
    public void failed(FailureException failure) {
      ends.add(failure);
    }
  }
}
