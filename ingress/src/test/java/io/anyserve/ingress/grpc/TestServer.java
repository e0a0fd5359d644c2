package io.anyserve.ingress.grpc;

import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.InputOffloader;
import io.anyserve.ingress.admission.RequestStamper;
import io.anyserve.ingress.admission.RequestStamper.DeadlinePolicy;
import io.anyserve.ingress.admission.RequestValidator;
import io.anyserve.ingress.connection.GradualRelease;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamCallbacks;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.tls.ServerTls;
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
  private static final CallAccess OPEN = CallAccess.of(new ApiKeys(List.of()));
  static final ResponseLimits LIMITS = new ResponseLimits(100, 100, 50, 1 << 20, Duration.ZERO);

  private static final RouterClient NO_ROUTER = new RouterClient(Optional.empty());

  final FakeLog log = new FakeLog();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final ResponseStreams streams;
  final GrpcServer server;
  private final RequestPublisher requests;
  private final RouterClient router;
  private final InputOffloader answers;
  private final AssignedPartitions partitions = new AssignedPartitions();
  private final ManagedChannel channel;

  private TestServer(
      ResponseLimits limits,
      RouterClient router,
      CallAccess access,
      List<ServerServiceDefinition> more,
      InputOffloader answers,
      Optional<ServerTls> tls)
      throws IOException {
    this.router = router;
    this.answers = answers;
    requests = new RequestPublisher(() -> log, FakeLog.TOPICS, capability -> true);
    streams =
        new ResponseStreams(
            limits,
            new ResponseMetrics(meters),
            new StreamCallbacks(
                (request, reason) -> requests.cancel(request, reason, ignored -> {}),
                request -> requests.takeOver(request, "test"),
                log::replay),
            partitions,
            new ResumeTokenCodec(new byte[32]),
            System::nanoTime);
    log.feeds(streams, partitions);
    server = server(access, more, tls);
    requests.start();
    server.start();
    channel = NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
  }

  static TestServer start() throws IOException {
    return start(List.of(), List.of());
  }

  static TestServer start(CallAccess access) throws IOException {
    return new TestServer(
        LIMITS, NO_ROUTER, access, List.of(), InputOffloader.inlineOnly(), Optional.empty());
  }

  /** Its own channel, which speaks without TLS, is of no use. */
  static TestServer start(ServerTls tls) throws IOException {
    return new TestServer(
        LIMITS, NO_ROUTER, OPEN, List.of(), InputOffloader.inlineOnly(), Optional.of(tls));
  }

  static TestServer start(ResponseLimits limits) throws IOException {
    return new TestServer(
        limits, NO_ROUTER, OPEN, List.of(), InputOffloader.inlineOnly(), Optional.empty());
  }

  static TestServer start(RouterClient router) throws IOException {
    return new TestServer(
        LIMITS, router, OPEN, List.of(), InputOffloader.inlineOnly(), Optional.empty());
  }

  static TestServer start(List<ApiKey> keys, List<ServerServiceDefinition> more)
      throws IOException {
    return new TestServer(
        LIMITS,
        NO_ROUTER,
        CallAccess.of(new ApiKeys(keys)),
        more,
        InputOffloader.inlineOnly(),
        Optional.empty());
  }

  /**
   * @param answers says which are stored
   */
  static TestServer start(InputOffloader answers) throws IOException {
    return new TestServer(LIMITS, NO_ROUTER, OPEN, List.of(), answers, Optional.empty());
  }

  private GrpcServer server(
      CallAccess access, List<ServerServiceDefinition> more, Optional<ServerTls> tls) {
    var admission =
        new Admission(
            new RequestValidator(INPUT_BYTES),
            new RequestStamper(InstantSource.system(), new Random(1), DeadlinePolicy.DEFAULT),
            InputOffloader.inlineOnly(),
            streams,
            requests);
    List<ServerServiceDefinition> services = new ArrayList<>(more);
    services.add(
        new InferenceService(
                admission,
                answers,
                streams,
                DeadlinePolicy.DEFAULT,
                new RequestOperations(streams, requests, router))
            .definition());
    return new GrpcServer(
        new GrpcServer.Endpoint(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            MESSAGE_BYTES,
            Duration.ofSeconds(1),
            tls),
        access,
        services,
        streams::stopAccepting,
        new GradualRelease(streams::detachPortion));
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
