package io.anyserve.objects;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.TenantId;
import io.anyserve.objects.ExpirySweeper.Sweep;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class ExpiryServiceTest {

  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void aSweepGoesThroughAllPagesAndComesBack() throws Exception {
    var bucket = new InMemoryBucket("memory", InstantSource.fixed(NOW));
    var store = new ObjectStore(bucket, 1000, DAY, InstantSource.fixed(NOW));
    for (int i = 0; i < 5; i++) {
      store.put(new TenantId("alice"), "a/b", new byte[1]);
    }
    List<Sweep> sweeps = new CopyOnWriteArrayList<>();
    var sweeper = new ExpirySweeper(bucket, DAY, 2);
    try (var part =
        new ExpiryService(
            bucket,
            sweeper,
            Duration.ofMillis(1),
            InstantSource.fixed(NOW.plus(DAY)),
            sweeps::add)) {
      part.start();
      await().atMost(Duration.ofSeconds(60)).until(() -> sweeps.size() > 4);
    }
    assertEquals(5, sweeps.stream().mapToLong(Sweep::removed).sum());
    assertEquals(List.of(2L, 2L, 1L, 0L), removals(sweeps).subList(0, 4));
  }

  @Test
  void aSweepThatWasNeverStartedCloses() {
    var bucket = new InMemoryBucket("memory", InstantSource.fixed(NOW));
    var sweeper = new ExpirySweeper(bucket, DAY, 2);
    new ExpiryService(bucket, sweeper, DAY, InstantSource.system(), _ -> {}).close();
  }

  private static List<Long> removals(List<Sweep> sweeps) {
    return sweeps.stream().map(Sweep::removed).toList();
  }
}
