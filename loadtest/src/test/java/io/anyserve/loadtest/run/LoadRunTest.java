package io.anyserve.loadtest.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.loadtest.StreamProbe;
import io.anyserve.loadtest.arrivals.Arrivals;
import io.anyserve.loadtest.arrivals.RateCurve;
import io.anyserve.loadtest.report.Objective;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.report.PhaseReport.Counts;
import io.anyserve.loadtest.report.PhaseReport.Window;
import io.anyserve.loadtest.run.PhaseRecorder.Stretch;
import io.anyserve.loadtest.scenario.CallerProfile;
import io.anyserve.loadtest.scenario.LengthDistribution;
import io.anyserve.loadtest.scenario.Traffic;
import io.anyserve.loadtest.targets.LoadRequest;
import io.anyserve.loadtest.targets.LoadTarget;
import io.anyserve.loadtest.trace.TraceReader;
import io.anyserve.loadtest.trace.TraceRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

final class LoadRunTest {

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final Duration LENGTH = Duration.ofSeconds(20);

  private final FakeLoadClock clock = new FakeLoadClock();

  @Test
  void requestsAreSentWhenTheyAreDueWhateverTheServiceDoes() throws IOException {
    SimulatedService slow = new SimulatedService(clock, SECOND);

    PhaseReport report = run(open(caller("a").build(), 10, false), slow, 0, caller("a").build());

    assertEquals(200, slow.received.size());
    for (int i = 0; i < 200; i++) {
      assertEquals(100L * i * MILLI, slow.times.get(i));
    }
    assertEquals(0, report.latencies().lag().p99(), 0.01);
    assertEquals(20, report.rates().requests() * 20, 1, "a request a second");
    assertEquals(10, report.rates().offered());
  }

  @Test
  void timesBeginWhenARequestWasDue() throws IOException {
    LoadTarget busy =
        target(
            (request, probe) -> {
              clock.pass(300 * MILLI);
              probe.chunk(1);
              probe.completed();
            });

    PhaseReport report = run(open(caller("a").build(), 5, false), busy, 0, caller("a").build());

    assertTrue(report.latencies().lag().max() > 9 * SECOND / 1e3, report.latencies().toString());
    assertTrue(
        report.latencies().firstToken().max() > report.latencies().lag().max(),
        report.latencies().toString());
  }

  @Test
  void everyRequestHasOneEnd() throws IOException {
    LoadTarget mixed =
        target(
            (request, probe) -> {
              switch (request.messages().getFirst().content().length() % 3) {
                case 0 -> probe.failed(new IOException("cut"));
                case 1 -> throw new IllegalStateException("no");
                default -> {
                  probe.chunk(1);
                  probe.completed();
                  probe.failed(new IOException("too late"));
                }
              }
            });

    PhaseReport report = run(open(caller("a").build(), 30, true), mixed, 0, caller("a").build());

    Counts counts = report.counts();
    assertEquals(counts.sent(), counts.finished() + counts.failed());
    assertEquals(
        counts.failed(),
        report.errors().values().stream().mapToLong(PhaseReport.Errors::requests).sum());
    assertEquals(
        List.of("IOException", "IllegalStateException"), List.copyOf(report.errors().keySet()));
    assertEquals(0, counts.lost());
  }

  @Test
  void whatNeverEndsIsLost() throws IOException {
    LoadTarget silent = target((request, probe) -> {});

    PhaseReport report = run(open(caller("a").build(), 3, false), silent, 0, caller("a").build());

    assertEquals(60, report.counts().lost());
    assertEquals(100, report.counts().errorPercent());
    assertEquals((20 + 60) * SECOND, clock.nanos(), "the end of the patience");
  }

  @Test
  void theWarmUpIsNotCounted() throws IOException {
    SimulatedService service = new SimulatedService(clock, 100 * MILLI);

    PhaseReport report =
        run(open(caller("a").build(), 4, false), service, 5 * SECOND, caller("a").build());

    assertEquals(80, service.received.size());
    assertEquals(60, report.counts().sent());
    assertEquals(15, report.seconds());
    assertEquals(4, report.rates().requests(), 0.1);
  }

  @Test
  void callersHangUp() throws IOException {
    CallerProfile caller = caller("leaver").leaving(1, 3).build();

    PhaseReport report = run(open(caller, 2, false), new SimulatedService(clock, MILLI), 0, caller);

    assertEquals(40, report.counts().left());
    assertEquals(40 * 3, report.counts().tokens());
  }

  @Test
  void aConversationCarriesAllThatWasSaid() throws IOException {
    CallerProfile caller = caller("talker").turns(3).build();
    SimulatedService service = new SimulatedService(clock, 10 * MILLI);
    SessionSource one = SessionSources.atOnce(mix(caller), 1);

    PhaseReport report = run(one, service, 0, caller);

    assertEquals(3, report.counts().finished());
    List<ChatMessage> last = service.received.getLast().messages();
    assertEquals(
        List.of("user", "assistant", "user", "assistant", "user"),
        last.stream().map(ChatMessage::role).toList());
    assertEquals("word1 word2 word3 word4 ", last.get(1).content());
    assertEquals(service.received.getFirst().messages(), last.subList(0, 1));
    assertEquals(2 * (10 * MILLI + SECOND), service.times.getLast(), "two answers and two pauses");
  }

  @Test
  void aClosedLoopHasSoManyCallersAtATime() throws IOException {
    CallerProfile caller = caller("a").build();
    SimulatedService service = new SimulatedService(clock, 250 * MILLI);

    PhaseReport report = run(SessionSources.closed(mix(caller), 8), service, 0, caller);

    assertEquals(4, report.rates().requests(), 0.1);
    assertEquals(2 * SECOND / 1e3, report.latencies().duration().p50(), 20_000);
  }

  @Test
  void theSameSeedSendsTheSame() throws IOException {
    CallerProfile[] callers = {caller("a").leaving(0.3, 2).build(), caller("b").turns(2).build()};
    SimulatedService first = new SimulatedService(clock, MILLI);
    run(
        SessionSources.open(mix(callers), poisson(8), LENGTH, new SplittableRandom(1)),
        first,
        0,
        callers);
    SimulatedService second = new SimulatedService(clock, 7 * MILLI);
    run(
        SessionSources.open(mix(callers), poisson(8), LENGTH, new SplittableRandom(1)),
        second,
        0,
        callers);

    assertEquals(
        first.received.stream().map(LoadRequest::toString).sorted().toList(),
        second.received.stream().map(LoadRequest::toString).sorted().toList());
  }

  @Test
  void callersComeByTheirWeights() throws IOException {
    CallerProfile rare = caller("rare").weight(1).build();
    CallerProfile frequent = caller("frequent").weight(9).build();

    PhaseReport report =
        run(
            SessionSources.open(mix(rare, frequent), poisson(200), LENGTH, new SplittableRandom(1)),
            new SimulatedService(clock, 1),
            0,
            rare,
            frequent);

    assertEquals(
        List.of("rare", "frequent"),
        report.callers().stream().map(PhaseReport.CallerReport::name).toList());
    double share = (double) report.callers().getFirst().counts().sent() / report.counts().sent();
    assertEquals(0.1, share, 0.02);
  }

  @Test
  void aTraceIsReplayedFasterAndEqualBlocksHaveEqualText() throws IOException {
    CallerProfile caller = caller("replayed").build();
    Deque<TraceRequest> trace =
        new ArrayDeque<>(
            List.of(
                new TraceRequest(0, 30, 2, List.of(7L, 8L, 9L)),
                new TraceRequest(10 * SECOND, 25, 50, List.of(7L, 8L, 11L)),
                new TraceRequest(500 * SECOND, 1, 1, List.of())));
    TraceReader reader =
        new TraceReader() {
          @Override
          public Optional<TraceRequest> next() {
            return Optional.ofNullable(trace.poll());
          }

          @Override
          public void close() {}
        };
    var replay = new Traffic.Replay(Optional.empty(), 20, new Traffic.Limits(100, 5, 10));
    SimulatedService service = new SimulatedService(clock, MILLI);

    run(SessionSources.replay(mix(caller), reader, replay, LENGTH), service, 0, caller);

    assertEquals(List.of(0L, SECOND / 2), service.times);
    assertEquals(List.of(2, 5), service.received.stream().map(LoadRequest::answerTokens).toList());
    String[] first = words(service.received.getFirst());
    String[] second = words(service.received.getLast());
    assertEquals(30, first.length);
    assertEquals(25, second.length);
    assertEquals(List.of(first).subList(0, 20), List.of(second).subList(0, 20));
    assertTrue(!List.of(first).subList(20, 25).equals(List.of(second).subList(20, 25)));
  }

  @Test
  void onlyRequestsWithinTheObjectiveAreGood() throws IOException {
    CallerProfile caller = caller("a").build();
    SimulatedService service = new SimulatedService(clock, 150 * MILLI);
    PhaseRecorder recorder = recorder(0, Optional.of(Objective.parse("duration.p99=1s")), caller);

    PhaseReport report = run(open(caller, 10, false), service, recorder);

    assertTrue(report.counts().good() < report.counts().finished(), report.counts().toString());
    assertEquals(18, report.counts().good(), "each one waits 50 ms longer than the one before");
  }

  @Test
  void windowsAddUp() throws IOException {
    CallerProfile caller = caller("a").build();
    SimulatedService service = new SimulatedService(clock, MILLI);
    PhaseRecorder recorder = recorder(0, Optional.empty(), caller);
    for (int second = 1; second <= 20; second++) {
      clock.after(second * SECOND, () -> recorder.window(clock.nanos()));
    }

    PhaseReport report = run(open(caller, 7, true), service, recorder);

    assertEquals(20, report.windows().size(), 1);
    assertEquals(
        1.0,
        report.windows().stream().mapToDouble(Window::sent).sum() / report.counts().sent(),
        0.1);
    assertEquals(
        1.0,
        report.windows().stream().mapToDouble(Window::tokens).sum() / report.counts().tokens(),
        0.1);
  }

  private static String[] words(LoadRequest request) {
    return request.messages().getFirst().content().split(" ");
  }

  private PhaseReport run(
      SessionSource source, LoadTarget target, long warmUp, CallerProfile... callers)
      throws IOException {
    return run(source, target, recorder(warmUp, Optional.empty(), callers));
  }

  private PhaseReport run(SessionSource source, LoadTarget target, PhaseRecorder recorder)
      throws IOException {
    long start = clock.nanos();
    long end = start + LENGTH.toNanos();
    new LoadRun(source, target, recorder, clock, new LoadRun.Span(start, end, end + 60 * SECOND))
        .run();
    return recorder.report(List.of());
  }

  private PhaseRecorder recorder(
      long warmUp, Optional<Objective> objective, CallerProfile... callers) {
    long now = clock.nanos();
    return new PhaseRecorder(
        "test",
        clock::nanos,
        new Stretch(now + warmUp, now + LENGTH.toNanos(), false),
        objective,
        List.of(callers));
  }

  private static SessionSource open(CallerProfile caller, double rate, boolean random) {
    return SessionSources.open(
        mix(caller),
        new Arrivals(new RateCurve.Steady(rate), random),
        LENGTH,
        new SplittableRandom(1));
  }

  private static Arrivals poisson(double rate) {
    return new Arrivals(new RateCurve.Steady(rate), true);
  }

  private static CallerMix mix(CallerProfile... callers) {
    return new CallerMix(List.of(callers), Map.of(), "test", 1);
  }

  private static LoadTarget target(BiConsumer<LoadRequest, StreamProbe> sent) {
    return new LoadTarget() {
      @Override
      public void send(LoadRequest request, StreamProbe probe) {
        sent.accept(request, probe);
      }

      @Override
      public void close() {}
    };
  }

  private static Draft caller(String name) {
    return new Draft(name);
  }

  /** A profile with short prompts and answers of four tokens. */
  private static final class Draft {

    private final String name;
    private double weight = 1;
    private int turns = 1;
    private double leaveShare;
    private int leaveAfter = 1;

    Draft(String name) {
      this.name = name;
    }

    Draft weight(double share) {
      weight = share;
      return this;
    }

    Draft turns(int count) {
      turns = count;
      return this;
    }

    Draft leaving(double share, int after) {
      leaveShare = share;
      leaveAfter = after;
      return this;
    }

    CallerProfile build() {
      return new CallerProfile(
          name,
          weight,
          "story",
          Optional.empty(),
          Optional.empty(),
          new CallerProfile.Prompts(
              new LengthDistribution.Uniform(1, 9), 0, new LengthDistribution.Fixed(4)),
          new LengthDistribution.Fixed(turns),
          Duration.ofSeconds(1),
          new CallerProfile.Leaving(leaveShare, new LengthDistribution.Fixed(leaveAfter)),
          new CallerProfile.Slow(0, Duration.ZERO));
    }
  }
}
