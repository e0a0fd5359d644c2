package io.anyserve.standalone;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import io.anyserve.v1.SessionUsage;
import io.anyserve.v1.StreamEvent;
import io.anyserve.v1.UsageServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A standalone process' worth of services in this JVM, and a client of it. */
public final class RunningServices implements AutoCloseable {

  public static final TopicNames TOPICS = TopicNames.withDefaultPrefix();
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  private final StandaloneLayout place;
  private final Standalone standalone;
  private final ManagedChannel channel;

  private RunningServices(StandaloneLayout place, Standalone standalone) {
    this.place = place;
    this.standalone = standalone;
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", place.port())
            .usePlaintext()
            .maxInboundMessageSize(16 << 20)
            .build();
  }

  public static RunningServices simulated(Path data) throws Exception {
    return start(new StandaloneLayout(data, UnusedPorts.row(8), true, Path.of("unused")), Map.of());
  }

  public static RunningServices start(StandaloneLayout place, Map<String, String> environment)
      throws Exception {
    Standalone standalone = new Standalone(place, environment);
    standalone.start();
    Readiness.await(standalone::notReadyReasons, PATIENCE);
    return new RunningServices(place, standalone);
  }

  /**
   * One more service on the same log, ready.
   *
   * @param settings its own tables, TOML
   */
  public SingleService join(SingleService.Service service, String settings) throws Exception {
    String log = "[kafka]\nbootstrap.servers = \"%s\"\n".formatted(bootstrapServers());
    SingleService lone = new SingleService(service, Config.parse(log + settings, Map.of()));
    try {
      lone.start();
      Readiness.await(lone::notReadyReasons, PATIENCE);
      return lone;
    } catch (Exception e) {
      lone.close();
      throw e;
    }
  }

  public ManagedChannel channel() {
    return channel;
  }

  public StandaloneLayout place() {
    return place;
  }

  public String server() {
    return "127.0.0.1:" + place.port();
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + place.kafkaPort();
  }

  public KafkaClients kafka() {
    return KafkaClients.of(bootstrapServers());
  }

  public static Inference inference(String capability, String session, Payload input, int tokens) {
    return Inference.newBuilder()
        .setCapability(capability)
        .setSession(session)
        .setInput(input)
        .setParameters(Parameters.newBuilder().setMaxTokens(tokens).setSeed(7).setIgnoreEos(true))
        .build();
  }

  public static Payload text(String prompt) {
    return Payload.newBuilder().setText(prompt).build();
  }

  /** All messages of one stream. */
  public List<StreamEvent> stream(Inference inference) {
    List<StreamEvent> messages = new ArrayList<>();
    InferenceServiceGrpc.newBlockingStub(channel)
        .inferStream(InferStreamRequest.newBuilder().setInference(inference).build())
        .forEachRemaining(messages::add);
    return messages;
  }

  /** The session's totals once the ledger holds that many requests. */
  public SessionUsage usage(String session, long requests) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> usage(session), found -> found.getRequests() >= requests);
  }

  private SessionUsage usage(String session) {
    try {
      return UsageServiceGrpc.newBlockingStub(channel)
          .getSessionUsage(GetSessionUsageRequest.newBuilder().setSession(session).build())
          .getUsage();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return SessionUsage.getDefaultInstance();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    standalone.close();
  }
}
