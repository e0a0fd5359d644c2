package io.anyserve.router;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.CapabilityRoute;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.router.intake.IntakeRules;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Records that tests send. */
public final class Samples {

  /** Long ago by every clock, that of a real broker included. */
  public static final Instant ACCEPTED = Instant.parse("2026-01-31T12:00:00Z");

  public static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");
  public static final Duration ALIVE = Duration.ofSeconds(10);
  public static final IntakeRules RULES = new IntakeRules(1, 8, Duration.ofHours(24), 10_000);

  private Samples() {}

  public static RequestId id(int number) {
    return RequestId.next(NOW.toEpochMilli(), new Random(number));
  }

  /** As an ingress gives it. */
  public static RequestId ingressId(int number) {
    return RequestId.nextOfIngress(NOW.toEpochMilli(), new Random(number));
  }

  public static RequestContext context(String capability, boolean asynchronous) {
    return new RequestContext(
        new TenantId("acme"),
        new SessionId("s1"),
        "key",
        new Capability(capability),
        Map.of("team", "blue"),
        ACCEPTED,
        asynchronous);
  }

  public static InferenceRequest interactive(RequestId id, String capability, int partition) {
    return new InferenceRequest(
        id,
        context(capability, false),
        new Payload.Text("Once"),
        GenerationParameters.greedy(40),
        RoutingMetadata.interactive(new ReplyTo(partition, 17), NOW.plusSeconds(60)));
  }

  public static InferenceRequest asynchronous(RequestId id, String capability) {
    return new InferenceRequest(
        id,
        context(capability, true),
        new Payload.Text("Once"),
        GenerationParameters.greedy(40),
        new RoutingMetadata(new ReplyTo(0, 0), Optional.empty(), Priority.BATCH, List.of(), 0));
  }

  public static WorkerHeartbeat worker(String name, Instant at, String... capabilities) {
    return new WorkerHeartbeat(
        new WorkerId(name),
        Stream.of(capabilities)
            .map(offer -> new CapabilityOffer(new Capability(offer), "test", "m", 4, true, 0))
            .toList(),
        WorkerState.READY,
        0,
        at,
        ALIVE);
  }

  public static WorkerHeartbeat stopped(String name, Instant at) {
    return new WorkerHeartbeat(new WorkerId(name), List.of(), WorkerState.STOPPED, 0, at, ALIVE);
  }

  public static CapabilityRoute alias(String name, String of) {
    return new CapabilityRoute(new Capability(name), Optional.of(new Capability(of)), List.of());
  }

  public static CapabilityRoute fallbacks(String name, String... to) {
    return new CapabilityRoute(
        new Capability(name), Optional.empty(), Stream.of(to).map(Capability::new).toList());
  }

  public static TokenRecord started(
      RequestId id, int attempt, long run, String worker, boolean asynchronous) {
    return new TokenRecord(
        id,
        attempt,
        run,
        new Started(
            context("story", asynchronous),
            new WorkerId(worker),
            new Capability("tale"),
            "tiny",
            3,
            0,
            true,
            Optional.empty()));
  }

  /** Taken by a worker from where the request lies. */
  public static TokenRecord taken(
      RequestId id, int attempt, long run, String worker, TopicOffset source) {
    return new TokenRecord(
        id,
        attempt,
        run,
        new Started(
            context("story", false),
            new WorkerId(worker),
            new Capability("story"),
            "tiny",
            3,
            0,
            false,
            Optional.of(source)));
  }

  public static TokenRecord chunk(RequestId id, int attempt, long run, long sequence) {
    return new TokenRecord(
        id, attempt, run, new Chunk(sequence, TokenIds.of(7), "text", Optional.empty()));
  }

  public static TokenRecord finished(RequestId id, int attempt, long run, String output) {
    return new TokenRecord(id, attempt, run, finished(output));
  }

  public static TokenEvent.Terminal finished(String output) {
    return new Finished(
        FinishReason.STOP,
        new TokenUsage(3, 1, 0),
        Optional.of(new Payload.Text(output)),
        Duration.ofMillis(5));
  }
}
