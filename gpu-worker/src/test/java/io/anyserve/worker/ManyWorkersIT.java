package io.anyserve.worker;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.TokenEvent.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As many workers as a share group of Kafka's default settings has members. */
@Timeout(600)
final class ManyWorkersIT {

  private static final int PROCESSES = 4;
  private static final int WORKERS = 50;
  private static final String CAPABILITY = "many";

  /** Of each process's log, shown when the test fails. */
  private static final int LINES = 40;

  /** Each has one slot, and no request ends before all have one. */
  @Test
  void everyOneOfTwoHundredWorkersTakesWork(@TempDir Path directory, @TempDir Path logs)
      throws Exception {
    List<Process> processes = new ArrayList<>();
    try (var broker = DefaultBroker.start(directory);
        var cluster = TestCluster.start(broker.bootstrapServers())) {
      cluster.prepare(CAPABILITY);
      for (int i = 0; i < PROCESSES; i++) {
        Path log = logs.resolve(i + ".log");
        processes.add(WorkersProcess.start(cluster, "p" + i, CAPABILITY, WORKERS, log));
      }
      List<InferenceRequest> requests =
          IntStream.range(0, PROCESSES * WORKERS)
              .mapToObj(i -> cluster.request(CAPABILITY, "story number " + i, 100_000))
              .toList();
      requests.forEach(cluster::submit);
      try {
        cluster.tokens().awaitUntil(() -> workers(cluster, requests).size() == requests.size());
      } catch (ConditionTimeoutException e) {
        int busy = workers(cluster, requests).size();
        throw new AssertionError(busy + " workers took work\n" + endings(logs), e);
      }
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

  private static Set<WorkerId> workers(TestCluster cluster, List<InferenceRequest> requests) {
    return requests.stream()
        .flatMap(request -> cluster.tokens().counting(request).stream())
        .filter(Started.class::isInstance)
        .map(event -> ((Started) event).worker())
        .collect(Collectors.toSet());
  }

  private static String endings(Path logs) throws IOException {
    try (Stream<Path> files = Files.list(logs)) {
      var text = new StringBuilder();
      for (Path file : files.sorted().toList()) {
        List<String> lines = Files.readAllLines(file);
        text.append(file.getFileName()).append(":\n");
        lines.stream()
            .skip(Math.max(0, lines.size() - LINES))
            .forEach(line -> text.append(line).append('\n'));
      }
      return text.toString();
    }
  }
}
