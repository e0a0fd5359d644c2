package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Started;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As many workers as a share group of Kafka's default settings has members. */
@Timeout(600)
final class ManyWorkersIT {

  private static final int PROCESSES = 4;
  private static final int WORKERS = 50;
  private static final String CAPABILITY = "many";

  /** Nobody gets a second request before everybody has one: each has one slot. */
  @Test
  void everyOneOfTwoHundredWorkersTakesWork(@TempDir Path directory) throws Exception {
    List<Process> processes = new ArrayList<>();
    try (var broker = DefaultBroker.start(directory);
        var cluster = TestCluster.start(broker.bootstrapServers())) {
      cluster.prepare(CAPABILITY);
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(WorkersProcess.start(cluster, "p" + i, CAPABILITY, WORKERS));
      }
      List<InferenceRequest> requests =
          IntStream.range(0, PROCESSES * WORKERS)
              .mapToObj(i -> cluster.request(CAPABILITY, "story number " + i, 100_000))
              .toList();
      requests.forEach(cluster::submit);
      Set<WorkerId> busy = new HashSet<>();
      for (InferenceRequest request : requests) {
        busy.add(started(cluster, request).worker());
      }
      assertEquals(PROCESSES * WORKERS, busy.size());

      for (InferenceRequest request : requests) {
        cluster.command(new ControlCommand.Cancel(request.id(), CancelReason.EXPLICIT));
      }
      requests.forEach(request -> cluster.tokens().answer(request));
    } finally {
      processes.forEach(Process::destroyForcibly);
      for (Process process : processes) {
        process.waitFor();
      }
    }
  }

  private static Started started(TestCluster cluster, InferenceRequest request) {
    List<TokenEvent> events = cluster.tokens().await(request, 1);
    return (Started) events.getFirst();
  }
}
