package io.anyserve.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class EmbeddedBrokerIT {

  @TempDir Path directory;

  @Test
  void aRestartOnOtherPortsKeepsTheRecords() throws Exception {
    try (var broker = EmbeddedBroker.start(directory, 0);
        var log = new BrokerTestLog(broker.bootstrapServers())) {
      log.create("kept");
      log.append("kept", "one", "two");
      assertEquals(List.of("one", "two"), log.read("kept", 2));
    }
    try (var broker = EmbeddedBroker.start(directory, 0);
        var log = new BrokerTestLog(broker.bootstrapServers())) {
      log.append("kept", "three");
      assertEquals(List.of("one", "two", "three"), log.read("kept", 3));
    }
  }

  @Test
  void aShareGroupGetsItsFirstRecordAndAShortLockIsAllowed() throws Exception {
    try (var broker = EmbeddedBroker.start(directory, 0);
        var log = new BrokerTestLog(broker.bootstrapServers())) {
      log.create("work");
      log.append("work", "job");
      log.configureGroup("workers", "share.auto.offset.reset", "earliest");
      log.configureGroup("workers", "share.record.lock.duration.ms", "1000");
      assertEquals("job", log.take("work", "workers"));
    }
  }

  @Test
  void aDirectoryOfAnOlderReleaseServesTransactionsAndShareGroups() throws Exception {
    formatAsOf(MetadataVersion.IBP_4_3_IV0);
    try (var broker = EmbeddedBroker.start(directory, 0);
        var log = new BrokerTestLog(broker.bootstrapServers())) {
      log.create("kept");
      log.appendInTransaction("kept", "line");
      log.configureGroup("workers", "share.auto.offset.reset", "earliest");
      assertEquals("line", log.take("kept", "workers"));
    }
  }

  private void formatAsOf(MetadataVersion release) throws Exception {
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
        .setNodeId(ClusterNode.alone(1).id())
        .setClusterId(Uuid.randomUuid().toString())
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setReleaseVersion(release)
        .setControllerListenerName(BrokerConfig.CONTROLLER_LISTENER)
        .setMetadataLogDirectory(directory.toString())
        .addDirectory(directory.toString())
        .setHasDynamicQuorum(false)
        .run();
  }

  @Test
  void transactionsCommit() throws Exception {
    try (var broker = EmbeddedBroker.start(directory, 0);
        var log = new BrokerTestLog(broker.bootstrapServers())) {
      log.create("ledger");
      log.appendInTransaction("ledger", "line");
      assertEquals(List.of("line"), log.read("ledger", 1));
    }
  }

  @Test
  void chosenPortsStayOutOfTheRangeOfOutgoingConnections() throws Exception {
    try (var broker = EmbeddedBroker.start(directory, 0)) {
      assertTrue(broker.port() < 32_768, broker.bootstrapServers());
      assertEquals("127.0.0.1:" + broker.port(), broker.bootstrapServers());
    }
  }

  @Test
  void aPortInUseIsNamedAndLeavesNoThreads() throws Exception {
    Set<String> before = liveThreads();
    try (var taken = new ServerSocket(LoopbackPorts.free(), 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      var failure = assertThrows(BindException.class, () -> EmbeddedBroker.start(directory, port));
      assertEquals(
          "broker port " + port + " on 127.0.0.1: Address already in use", failure.getMessage());
    }
    assertEquals(before, liveThreads());
  }

  @Test
  void aSecondBrokerOnTheSameDataIsRefused() throws Exception {
    try (var broker = EmbeddedBroker.start(directory, 0);
        var log = new BrokerTestLog(broker.bootstrapServers())) {
      Set<String> before = liveThreads();
      var failure = assertThrows(IOException.class, () -> EmbeddedBroker.start(directory, 0));
      assertEquals(directory + " is in use by another broker", failure.getMessage());
      assertEquals(before, liveThreads());
      log.create("unharmed");
    }
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsRefused() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThrows(IOException.class, () -> EmbeddedBroker.start(file, 0));
  }

  @Test
  void closingTwiceIsHarmlessAndEndsItsThreads() throws Exception {
    Set<String> before = liveThreads();
    var broker = EmbeddedBroker.start(directory, 0);
    broker.close();
    assertDoesNotThrow(broker::close);
    joinOthers(before);
    assertEquals(before, liveThreads());
  }

  /** One that has said that it is done may need a moment until it is. */
  private static void joinOthers(Set<String> names) throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!thread.isDaemon() && !names.contains(thread.getName())) {
        thread.join(Duration.ofSeconds(60));
      }
    }
  }

  /** Those that would keep the process alive. */
  private static Set<String> liveThreads() {
    Set<String> names = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!thread.isDaemon()) {
        names.add(thread.getName());
      }
    }
    return names;
  }
}
