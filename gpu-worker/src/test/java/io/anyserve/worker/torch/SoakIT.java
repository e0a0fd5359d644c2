package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.NoRoomException;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * An engine for a long time: sequences come, are cancelled and give way at random. Runs with {@code
 * -Danyserve.soak=MINUTES -Danyserve.smollm2=FILE.gguf} and reports to {@code target/soak.txt}.
 * Java's heap must not grow meanwhile: {@code -Dtest.jvm="-Xms200m -Xmx200m -XX:+AlwaysPreTouch
 * -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -Dai.djl.offline=true"}.
 */
final class SoakIT {

  private static final Path REPORT = Path.of("target", "soak.txt");

  private static final int SLOTS = 12;
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final Random random = new Random(11);
  private final Counts counts = new Counts();
  private final List<Long> running = new ArrayList<>();
  private long executions;

  @Test
  void memoryStaysFlat() throws IOException {
    String minutes = System.getProperty("anyserve.soak", "");
    assumeTrue(!minutes.isEmpty(), "-Danyserve.soak is not set");
    List<Long> resident = new ArrayList<>();
    try (Engine engine = engine()) {
      long start = System.nanoTime();
      while (System.nanoTime() - start < Long.parseLong(minutes) * MINUTE) {
        turn(engine);
        if (System.nanoTime() - start > (resident.size() + 1) * MINUTE) {
          resident.add(residentMebibytes());
          report(resident.getLast() + " MiB, " + engine.cacheUse() + ", " + counts);
        }
      }
      List.copyOf(running).forEach(one -> cancel(engine, one));
      assertEquals(0, engine.cacheUse().running());
    }
    long early = resident.get(resident.size() / 4);
    assertTrue(resident.getLast() < early * 1.05, "MiB by minute: " + resident);
  }

  /** A quarter of what the slots could take. */
  private static Engine engine() {
    Map<String, String> options =
        Map.of("context-length", "2048", "threads", "1", "kv-cache-mib", "135");
    String model = System.getProperty("anyserve.smollm2", "");
    return new TorchFactory().open(new EngineConfig("torch", model, SLOTS, options)).load();
  }

  private void turn(Engine engine) {
    if (running.size() < SLOTS && random.nextInt(8) == 0) {
      admit(engine);
    }
    if (!running.isEmpty() && random.nextInt(200) == 0) {
      counts.cancelled++;
      cancel(engine, running.get(random.nextInt(running.size())));
    }
    while (!engine.hasRoom()) {
      counts.gaveWay++;
      cancel(engine, running.getLast());
    }
    engine.step(counts);
  }

  private void admit(Engine engine) {
    var parameters =
        new GenerationParameters(
            1 + random.nextInt(400),
            new SamplingParams(random.nextInt(2), 0.95, 40, random.nextInt()),
            List.of(),
            true);
    String prompt =
        "The same words for everybody. ".repeat(random.nextInt(2) * 40)
            + "Some words of its own, ".repeat(random.nextInt(120))
            + random.nextInt();
    TenantId tenant = new TenantId("tenant" + random.nextInt(3));
    try {
      engine.admit(
          new SequenceRequest(
              ++executions, tenant, new Payload.Text(prompt), parameters, TokenIds.NONE));
      running.add(executions);
    } catch (NoRoomException e) {
      counts.refused++;
    }
  }

  private void cancel(Engine engine, long execution) {
    engine.cancel(execution);
    running.remove(execution);
  }

  private static void report(String line) throws IOException {
    Files.writeString(REPORT, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static long residentMebibytes() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(each -> each.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
  }

  /** What became of the sequences. */
  private final class Counts implements StepListener {

    private long tokens;
    private int ended;
    private int cancelled;
    private int gaveWay;
    private int refused;

    @Override
    public void tokens(
        long executionId, TokenIds ids, AnswerDelta delta, List<PositionLogprobs> logprobs) {
      tokens += ids.size();
    }

    @Override
    public void payload(long executionId, TokenIds ids, Payload payload) {
      throw new AssertionError("payload: " + payload);
    }

    @Override
    public void ended(long executionId, FinishReason reason) {
      ended++;
      running.remove(executionId);
    }

    @Override
    public void failed(long executionId, Failure failure) {
      throw new AssertionError(failure.toString());
    }

    @Override
    public String toString() {
      return "%d tokens; %d ended, %d cancelled, %d gave way, %d refused"
          .formatted(tokens, ended, cancelled, gaveWay, refused);
    }
  }
}
