package io.anyserve.chaos.client;

import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceStub;
import io.anyserve.v1.StreamAccepted;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The ingresses as callers reach them. Thread-safe. */
final class IngressEndpoints implements AutoCloseable {

  private static final Metadata.Key<String> KEY = key("idempotency-key");
  private static final Metadata.Key<String> REQUEST_ID = key("anyserve-request-id");
  private static final Metadata.Key<String> RESUME_TOKEN = key("anyserve-resume-token");

  private final List<IngressAddress> addresses;
  private final WebStreamClient httpStreams = new WebStreamClient();
  private final List<ManagedChannel> channels;
  private final List<HealthProbe> pulses;

  IngressEndpoints(List<IngressAddress> addresses, LongSupplier nanos) {
    this.addresses = List.copyOf(addresses);
    channels = addresses.stream().map(IngressAddress::grpc).map(IngressEndpoints::channel).toList();
    pulses = channels.stream().map(channel -> new HealthProbe(channel, nanos)).toList();
  }

  private static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .usePlaintext()
        .directExecutor()
        .build();
  }

  /** Any number leads to a door. */
  InferenceServiceStub stub(int door, Optional<String> idempotencyKey) {
    InferenceServiceStub stub =
        InferenceServiceGrpc.newStub(channels.get(Math.floorMod(door, channels.size())));
    return idempotencyKey
        .map(key -> stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(key))))
        .orElse(stub);
  }

  /** Streams over HTTP. */
  WebStreamClient httpStreams() {
    return httpStreams;
  }

  /** Any number leads to a door. */
  int http(int door) {
    return addresses.get(Math.floorMod(door, addresses.size())).http();
  }

  private static Metadata headers(String idempotencyKey) {
    Metadata headers = new Metadata();
    headers.put(KEY, idempotencyKey);
    return headers;
  }

  /** What the trailers of a failed call say about the request, as a stream's first message does. */
  static Optional<StreamAccepted> ticket(StatusRuntimeException failure) {
    @Nullable Metadata trailers = Status.trailersFromThrowable(failure);
    if (trailers == null) {
      return Optional.empty();
    }
    @Nullable String id = trailers.get(REQUEST_ID);
    @Nullable String token = trailers.get(RESUME_TOKEN);
    return id == null || token == null
        ? Optional.empty()
        : Optional.of(StreamAccepted.newBuilder().setRequestId(id).setResumeToken(token).build());
  }

  /** Callers of a door look after it together. */
  void askHowTheyAre() {
    pulses.forEach(HealthProbe::ask);
  }

  /** The door no longer says that it is well. */
  boolean isGone(int door, long now) {
    return pulses.get(Math.floorMod(door, pulses.size())).isGone(now);
  }

  /** A door that was away is tried at once instead of after minutes. */
  void knock() {
    channels.forEach(ManagedChannel::resetConnectBackoff);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    httpStreams.close();
  }
}
