package io.anyserve.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that stood still, and one whose process was killed. Kafka counts a leader epoch for the
 * loss of a partition's leader and one for its election.
 */
@Timeout(300)
final class BrokerCrashIT {

  private static final Duration STANDSTILL = Duration.ofSeconds(5);

  @TempDir Path directory;

  @Test
  void aBrokerThatStoodStillIsStillTheLeader() throws Exception {
    Process process = BrokerProcess.launch(directory);
    try (var log = new BrokerTestLog(BrokerProcess.bootstrapServers(process))) {
      log.create("kept");
      log.append("kept", "before");
      BrokerProcess.signal(process, "STOP");
      assertFalse(
          process.waitFor(STANDSTILL.toSeconds(), TimeUnit.SECONDS), "it should stand still");
      BrokerProcess.signal(process, "CONT");
      log.configureGroup("workers", "share.auto.offset.reset", "earliest");
      assertEquals("before", log.take("kept", "workers"));
      log.append("kept", "after");
      assertEquals(List.of("before", "after"), log.read("kept", 2));
      assertEquals(List.of(0, 0), log.leaderEpochs("kept", 2));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aKilledBrokerServesAgainAndIsElectedOnce() throws Exception {
    Process process = BrokerProcess.launch(directory);
    try (var log = new BrokerTestLog(BrokerProcess.bootstrapServers(process))) {
      log.create("kept");
      log.append("kept", "one", "two");
    } finally {
      process.destroyForcibly().waitFor();
    }
    long killed = System.nanoTime();
    try (var leaderships = new Leaderships("kept-0");
        var broker = EmbeddedBroker.start(directory, 0);
        var log = new BrokerTestLog(broker.bootstrapServers())) {
      log.append("kept", "three");
      System.out.printf("serves %d ms after kill -9%n", millisSince(killed));
      assertEquals(List.of("one", "two", "three"), log.read("kept", 3));
      assertEquals(List.of(0, 0, 2), log.leaderEpochs("kept", 3));
      assertEquals(List.of(2), leaderships.epochs());
    }
  }

  @Test
  void aBrokerThatIsKilledTwiceServesAgain() throws Exception {
    for (String value : List.of("one", "two")) {
      Process process = BrokerProcess.launch(directory);
      try (var log = new BrokerTestLog(BrokerProcess.bootstrapServers(process))) {
        if (value.equals("one")) {
          log.create("kept");
        }
        log.append("kept", value);
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    try (var broker = EmbeddedBroker.start(directory, 0);
        var log = new BrokerTestLog(broker.bootstrapServers())) {
      assertEquals(List.of("one", "two"), log.read("kept", 2));
      assertEquals(List.of(0, 2), log.leaderEpochs("kept", 2));
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
