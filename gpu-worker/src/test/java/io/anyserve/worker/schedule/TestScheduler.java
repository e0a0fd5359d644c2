package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.EngineLoader;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.FakeOwner;
import io.anyserve.worker.publish.RecordedLog;
import io.anyserve.worker.simulated.SimulatedFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A scheduler of the simulated engine with a log in memory, and clocks that the test moves. */
final class TestScheduler {

  static final WorkerIdentity IDENTITY =
      new WorkerIdentity(new WorkerId("w"), TestRequests.CAPABILITY, "words");

  final RecordedLog log = new RecordedLog();
  final BrokenLog breakable = new BrokenLog(log);
  final FakeOwner owner = new FakeOwner();
  final FakeTakeover takeover = new FakeTakeover();
  final CommandQueue inbox = new CommandQueue(100);
  final SchedulerMetrics meters =
      SchedulerMetrics.of(new SimpleMeterRegistry(), TestRequests.CAPABILITY);
  final Scheduler scheduler;
  private final UnaryOperator<Engine> around;
  long nanos;
  Instant now = TestRequests.NOW;

  private int clockFailures;
  private Runnable onReading = () -> {};

  /** What the time is once the engine has been loaded. */
  @Nullable Instant nowAfterLoad;

  TestScheduler(int slots, Map<String, String> options) {
    this(slots, options, engine -> engine);
  }

  /**
   * @param around what stands between the scheduler and its engine
   */
  TestScheduler(int slots, Map<String, String> options, UnaryOperator<Engine> around) {
    this.around = around;
    EngineLoader source =
        new SimulatedFactory(() -> nanos)
            .open(new EngineConfig("simulated", "words", slots, options));
    EngineLoader timed = new TimedSource(source);
    Runnable look = () -> inbox.tell(new SchedulerCommand.Look());
    this.scheduler =
        new Scheduler(
            IDENTITY,
            new EngineSupervisor(
                TestRequests.CAPABILITY, timed, new ModelSlots(1, () -> nanos), () -> nanos, look),
            inbox,
            new Scheduler.Outlets(breakable, takeover),
            meters,
            new Clocks(this::now, () -> nanos));
  }

  private Instant now() {
    onReading.run();
    if (clockFailures > 0) {
      clockFailures--;
      throw new IllegalStateException("no clock");
    }
    return now;
  }

  /**
   * The next so many readings of the clock fail.
   *
   * @param reading called before each reading
   */
  void breakClocks(int times, Runnable reading) {
    clockFailures = times;
    onReading = reading;
  }

  private final class TimedSource implements EngineLoader {

    private final EngineLoader source;

    TimedSource(EngineLoader source) {
      this.source = source;
    }

    @Override
    public Engine.Description description() {
      return source.description();
    }

    @Override
    public Engine load() {
      now = nowAfterLoad == null ? now : nowAfterLoad;
      return around.apply(source.load());
    }
  }

  EventStreamWriter submit(InferenceRequest request) {
    return submit(request, 1);
  }

  EventStreamWriter submit(InferenceRequest request, int attempt) {
    var stream =
        new EventStreamWriter(request, TestRequests.SOURCE, attempt, request.id().low(), owner);
    assertTrue(inbox.offer(TestRequests.work(stream)));
    return stream;
  }

  void step() {
    scheduler.step();
  }

  /** Steps until nothing is left, as time goes by. */
  void finish() {
    for (int i = 0; i < 10_000 && !idle(); i++) {
      nanos += 10_000_000L;
    }
    assertTrue(scheduler.load() == 0, "left: " + scheduler.load());
  }

  private boolean idle() {
    scheduler.step();
    return scheduler.load() == 0;
  }

  List<TokenEvent> of(InferenceRequest request) {
    return log.of(request.id());
  }

  String text(InferenceRequest request) {
    var text = new StringBuilder();
    for (TokenEvent event : of(request)) {
      if (event instanceof Chunk chunk) {
        text.append(chunk.text());
      }
    }
    return text.toString();
  }

  long chunks(InferenceRequest request) {
    return of(request).stream().filter(Chunk.class::isInstance).count();
  }
}
