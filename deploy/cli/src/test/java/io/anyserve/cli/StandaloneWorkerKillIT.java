package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.StandaloneLayout;
import io.anyserve.standalone.UnusedPorts;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.StreamEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker process is killed in the middle of a stream; another one goes on. */
final class StandaloneWorkerKillIT {

  private static final int TOKENS = 200;

  @TempDir Path folder;

  @Test
  void theStreamGoesOnAndIsBilledOnce() throws Exception {
    StandaloneLayout place =
        new StandaloneLayout(folder.resolve("data"), UnusedPorts.row(8), true, Path.of("unused"));
    try (RunningServices services =
            RunningServices.start(place, Map.of("ANYSERVE_WORKER_ID", "stand-by"));
        WorkerProcess first = WorkerProcess.start(config("first", services));
        WorkerProcess second = WorkerProcess.start(config("second", services))) {
      String undisturbed = text(services.stream(inference("calm")));
      Iterator<StreamEvent> stream =
          InferenceServiceGrpc.newBlockingStub(services.channel())
              .inferStream(
                  InferStreamRequest.newBuilder().setInference(inference("storm")).build());

      List<StreamEvent> seen = new ArrayList<>();
      while (seen.stream().filter(StreamEvent::hasChunk).count() < 5) {
        seen.add(stream.next());
      }
      String holder =
          seen.stream()
              .filter(StreamEvent::hasStarted)
              .findFirst()
              .orElseThrow()
              .getStarted()
              .getWorker();
      (holder.equals("first") ? first : second).kill();
      stream.forEachRemaining(seen::add);

      assertTrue(seen.getLast().hasFinished());
      assertEquals(undisturbed, text(seen));
      assertEquals(2, seen.stream().filter(StreamEvent::hasStarted).count(), "one takeover");
      var usage = services.usage("storm", 1);
      assertEquals(1, usage.getRequests());
      assertEquals(TOKENS, usage.getCompletionTokens());
    }
  }

  private static io.anyserve.v1.Inference inference(String session) {
    return RunningServices.inference(
        "slow", session, RunningServices.text("one prompt for both"), TOKENS);
  }

  private static String text(List<StreamEvent> stream) {
    StringBuilder text = new StringBuilder();
    stream.forEach(message -> text.append(message.getChunk().getText()));
    return text.toString();
  }

  private Path config(String worker, RunningServices services) throws Exception {
    return Files.writeString(
        folder.resolve(worker + ".toml"),
        """
        [kafka]
        bootstrap.servers = "%s"
        [topics]
        prefix = "%s"
        [worker]
        id = "%s"
        http-port = 0
        [[worker.capability]]
        name = "slow"
        engine = "simulated"
        slots = 4
        token-rate = "40"
        """
            .formatted(services.bootstrapServers(), TopicNames.DEFAULT_PREFIX, worker));
  }

  /** A worker in a process of its own, as {@code ./anyserve run worker} starts it. */
  private record WorkerProcess(Process process) implements AutoCloseable {

    static WorkerProcess start(Path config) throws Exception {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "io.anyserve.cli.AnyServe",
                  "run",
                  "worker",
                  "--config",
                  config.toString())
              .redirectErrorStream(true)
              .start();
      awaitReady(process);
      return new WorkerProcess(process);
    }

    private static void awaitReady(Process process) throws Exception {
      StringBuilder said = new StringBuilder();
      var reader = process.inputReader();
      String line;
      while ((line = reader.readLine()) != null) {
        said.append(line).append('\n');
        if (line.contains("is ready")) {
          Thread.ofVirtual().start(() -> reader.lines().forEach(ignored -> {}));
          return;
        }
      }
      throw new IllegalStateException("the worker ended:\n" + said);
    }

    /** As {@code kill -9}. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
