package io.anyserve.ingress;

import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import io.anyserve.v1.StreamEvent;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls an ingress over a real connection. */
final class TestClient implements AutoCloseable {

  private final ManagedChannel channel;

  TestClient(InetSocketAddress address) {
    channel = NettyChannelBuilder.forAddress(address).usePlaintext().build();
  }

  ManagedChannel channel() {
    return channel;
  }

  InferenceServiceGrpc.InferenceServiceBlockingStub blocking() {
    return InferenceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(120, TimeUnit.SECONDS);
  }

  List<StreamEvent> stream(Inference inference) {
    List<StreamEvent> found = new ArrayList<>();
    blocking()
        .inferStream(InferStreamRequest.newBuilder().setInference(inference).build())
        .forEachRemaining(found::add);
    return found;
  }

  static Inference.Builder prompt(String text, int maxTokens) {
    return Inference.newBuilder()
        .setCapability(IngressTestLog.STORY.value())
        .setSession("session-1")
        .setInput(Payload.newBuilder().setText(text))
        .setParameters(Parameters.newBuilder().setMaxTokens(maxTokens));
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
