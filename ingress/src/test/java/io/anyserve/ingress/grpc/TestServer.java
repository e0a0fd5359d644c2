package io.anyserve.ingress.grpc;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.Arrivals;
import io.anyserve.ingress.admission.Payloads;
import io.anyserve.ingress.admission.RequestReader;
import io.anyserve.ingress.log.RequestLog;
import io.anyserve.ingress.reply.Effects;
import io.anyserve.ingress.reply.Replies;
import io.anyserve.ingress.reply.ReplyLimits;
import io.anyserve.ingress.reply.ReplyMeters;
import io.anyserve.ingress.reply.ReplyPartitions;
import io.anyserve.ingress.reply.ResumeTokens;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.v1.Inference;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.Payload;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** The gRPC server with everything behind it but Kafka, and a connection to it. */
final class TestServer implements AutoCloseable {

  static final int INPUT_BYTES = 10_000;
  static final int MESSAGE_BYTES = 20_000;
  static final ReplyLimits LIMITS = new ReplyLimits(100, 100, 50, 1 << 20, Duration.ZERO);

  private static final RouterClient NO_ROUTER = new RouterClient(Optional.empty());

  final FakeLog log = new FakeLog();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Replies replies;
  final GrpcServer server;
  private final RequestLog requests;
  private final RouterClient router;
  private final Payloads answers;
  private final ReplyPartitions partitions = new ReplyPartitions();
  private final ManagedChannel channel;

  private TestServer(
      ReplyLimits limits,
      RouterClient router,
      List<ApiKey> keys,
      List<ServerServiceDefinition> more,
      Payloads answers)
      throws IOException {
    this.router = router;
    this.answers = answers;
    requests = new RequestLog(() -> log, FakeLog.TOPICS, capability -> true);
    replies =
        new Replies(
            limits,
            new ReplyMeters(meters),
            new Effects(
                (request, reason) -> requests.cancel(request, reason, ignored -> {}),
                request -> requests.adopt(request, "test"),
                log::replay),
            partitions,
            new ResumeTokens(new byte[32]),
            System::nanoTime);
    partitions.begin(List.of(new ReplyTo(0, 0)));
    log.feeds(replies);
    server = server(keys, more);
    requests.start();
    server.start();
    channel = NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
  }

  static TestServer start() throws IOException {
    return start(List.of(), List.of());
  }

  static TestServer start(ReplyLimits limits) throws IOException {
    return new TestServer(limits, NO_ROUTER, List.of(), List.of(), Payloads.inlineOnly());
  }

  static TestServer start(RouterClient router) throws IOException {
    return new TestServer(LIMITS, router, List.of(), List.of(), Payloads.inlineOnly());
  }

  static TestServer start(List<ApiKey> keys, List<ServerServiceDefinition> more)
      throws IOException {
    return new TestServer(LIMITS, NO_ROUTER, keys, more, Payloads.inlineOnly());
  }

  /**
   * @param answers says which are stored
   */
  static TestServer start(Payloads answers) throws IOException {
    return new TestServer(LIMITS, NO_ROUTER, List.of(), List.of(), answers);
  }

  private GrpcServer server(List<ApiKey> keys, List<ServerServiceDefinition> more) {
    var admission =
        new Admission(
            new RequestReader(INPUT_BYTES),
            new Arrivals(InstantSource.system(), new Random(1), Arrivals.Waits.DEFAULT),
            Payloads.inlineOnly(),
            replies,
            requests);
    List<ServerServiceDefinition> services = new ArrayList<>(more);
    services.add(
        new InferenceService(
                admission,
                answers,
                replies,
                Arrivals.Waits.DEFAULT,
                new RequestDesk(replies, requests, router))
            .definition());
    return new GrpcServer(
        new GrpcServer.Endpoint(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            MESSAGE_BYTES,
            Duration.ofSeconds(1)),
        new ApiKeys(keys),
        services,
        replies::stopIntake,
        replies::releaseAll);
  }

  ManagedChannel channel() {
    return channel;
  }

  InferenceServiceGrpc.InferenceServiceBlockingStub blocking() {
    return InferenceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(90, TimeUnit.SECONDS);
  }

  static Inference.Builder prompt(String text) {
    return Inference.newBuilder()
        .setCapability("story")
        .setInput(Payload.newBuilder().setText(text));
  }

  /** Code and message of a rich error. */
  static String failure(StatusRuntimeException thrown) {
    return GrpcStatuses.read(thrown).map(Object::toString).orElseGet(thrown::toString);
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow();
    server.close();
    requests.close();
  }
}
