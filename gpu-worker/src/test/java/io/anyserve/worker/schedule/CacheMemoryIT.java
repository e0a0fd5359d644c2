package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.torch.TinyModel;
import io.anyserve.worker.torch.TorchFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real engine whose memory is a third of what its slots could hold. */
final class CacheMemoryIT {

  private static final int SLOTS = 24;
  private static final int REQUESTS = 80;

  private @TempDir Path folder;

  /** Random arrivals and cancellations: every answer is that of an engine with room for all. */
  @Test
  void answersAreThoseOfAnEngineWithRoomForAll() throws Exception {
    TinyModel.write(folder);
    Map<Long, String> expected = run(4096, new Random(5), false);
    Map<Long, String> squeezed = run(1, new Random(5), true);
    squeezed.forEach((number, text) -> assertEquals(expected.get(number), text));
    assertTrue(squeezed.size() > REQUESTS / 2);
  }

  private Map<Long, String> run(int mebibytes, Random random, boolean cancels) {
    List<Engine> engines = new ArrayList<>();
    var test = new TestScheduler(SLOTS, Map.of(), _ -> loaded(engines, mebibytes));
    List<InferenceRequest> requests = new ArrayList<>();
    var cancelling = new Random(7);
    for (int i = 0; i < 100_000 && (requests.size() < REQUESTS || test.scheduler.load() > 0); i++) {
      for (int more = 0; more < 3 && requests.size() < REQUESTS; more++) {
        requests.add(request(requests.size(), random));
        test.submit(requests.getLast());
      }
      if (cancels && cancelling.nextInt(20) == 0) {
        InferenceRequest one = requests.get(cancelling.nextInt(requests.size()));
        test.inbox.tell(new SchedulerCommand.Cancel(one.id(), CancelReason.EXPLICIT));
      }
      test.step();
    }
    assertEquals(0, engines.getLast().cacheUse().running());
    assertEquals(cancels, test.meters.preemptions().count() > 0);
    test.scheduler.close();
    return finished(test, requests);
  }

  private Engine loaded(List<Engine> engines, int mebibytes) {
    Map<String, String> options =
        Map.of("precision", "f32", "threads", "1", "kv-cache-mib", "" + mebibytes);
    engines.add(
        new TorchFactory()
            .open(new EngineConfig("torch", folder.toString(), SLOTS, options))
            .load());
    return engines.getLast();
  }

  /** A third of the prompts of a tenant begin alike. */
  private static InferenceRequest request(long number, Random random) {
    String text = "x".repeat(random.nextInt(3) == 0 ? 70 : 0) + number;
    TenantId tenant = new TenantId(random.nextBoolean() ? "acme" : "umbrella");
    InferenceRequest plain = TestRequests.of(tenant, number, text, 1);
    int tokens = 1 + random.nextInt(180);
    var parameters =
        new GenerationParameters(tokens, new SamplingParams(1, 1, 0, number), List.of(), true);
    return new InferenceRequest(
        plain.id(), plain.context(), plain.input(), parameters, plain.routing());
  }

  private static Map<Long, String> finished(TestScheduler test, List<InferenceRequest> requests) {
    Map<Long, String> texts = new HashMap<>();
    for (InferenceRequest request : requests) {
      List<TokenEvent> events = test.of(request);
      Terminal end = assertInstanceOf(Terminal.class, events.getLast());
      assertEquals(1, events.stream().filter(Terminal.class::isInstance).count());
      if (end instanceof Finished) {
        texts.put(request.id().low(), test.text(request));
      }
    }
    return texts;
  }
}
