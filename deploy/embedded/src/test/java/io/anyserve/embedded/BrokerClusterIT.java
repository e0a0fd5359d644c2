package io.anyserve.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers in processes of their own, one of which dies. */
@Timeout(300)
final class BrokerClusterIT {

  private static final int BROKERS = 3;

  @TempDir Path directory;

  @Test
  void theOthersTakeOverFromAKilledBrokerAndNothingAcknowledgedIsLost() throws Exception {
    List<Integer> ports = ports();
    List<String> controllers =
        ports.subList(BROKERS, 2 * BROKERS).stream().map(port -> "127.0.0.1:" + port).toList();
    List<Process> processes = new ArrayList<>();
    try {
      for (int id = 1; id <= BROKERS; id++) {
        processes.add(
            BrokerProcess.launch(
                directory.resolve("broker-" + id),
                ports.get(id - 1),
                new ClusterNode(id, controllers)));
      }
      List<String> addresses = new ArrayList<>();
      for (Process process : processes) {
        addresses.add(BrokerProcess.bootstrapServers(process));
      }
      try (var log = new BrokerTestLog(String.join(",", addresses))) {
        log.create("kept", BROKERS);
        log.append("kept", "before");
        int leader = log.leader("kept");
        processes.get(leader - 1).destroyForcibly().waitFor();
        log.append("kept", "after");
        assertEquals(List.of("before", "after"), log.read("kept", 2));
        assertNotEquals(leader, log.leader("kept"));
      }
    } finally {
      for (Process process : processes) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static List<Integer> ports() throws Exception {
    Set<Integer> drawn = new HashSet<>();
    while (drawn.size() < 2 * BROKERS) {
      drawn.add(LoopbackPorts.free());
    }
    return List.copyOf(drawn);
  }
}
