package io.anyserve.loadtest.targets;

import io.anyserve.loadtest.StreamCall;
import io.anyserve.loadtest.StreamProbe;
import io.anyserve.loadtest.scenario.TargetSettings;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/** {@code InferStream} of several ingresses in turn, each over several connections. */
public final class GrpcTarget implements LoadTarget {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  /** Not connected. Throws IllegalArgumentException for TLS files that are not readable. */
  public GrpcTarget(TargetSettings settings) {
    for (int i = 0; i < settings.connections(); i++) {
      settings.addresses().forEach(address -> channels.add(channel(address, settings)));
    }
  }

  private static ManagedChannel channel(String address, TargetSettings settings) {
    NettyChannelBuilder channel =
        NettyChannelBuilder.forTarget(address).directExecutor().disableRetry();
    return settings
        .tls()
        .map(tls -> channel.sslContext(context(tls)))
        .orElseGet(channel::usePlaintext)
        .build();
  }

  private static SslContext context(TargetSettings.Tls tls) {
    try {
      SslContextBuilder context =
          GrpcSslContexts.forClient().trustManager(tls.authority().toFile());
      tls.identity()
          .ifPresent(own -> context.keyManager(own.certificate().toFile(), own.key().toFile()));
      return context.build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
    }
  }

  @Override
  public void send(LoadRequest request, StreamProbe probe) {
    Metadata headers = new Metadata();
    request.key().ifPresent(key -> headers.put(AUTHORIZATION, "Bearer " + key));
    ManagedChannel channel = channels.get(Math.floorMod(next.getAndIncrement(), channels.size()));
    StreamCall.open(channel, encoded(request), headers, probe);
  }

  private static byte[] encoded(LoadRequest request) {
    return InferStreamRequest.newBuilder()
        .setInference(
            Inference.newBuilder()
                .setCapability(request.capability())
                .setSession(request.session())
                .setInput(input(request))
                .setParameters(
                    Parameters.newBuilder()
                        .setMaxTokens(request.answerTokens())
                        .setTemperature(0)
                        .setSeed(request.seed())
                        .setIgnoreEos(true)))
        .build()
        .toByteArray();
  }

  private static Payload input(LoadRequest request) {
    if (request.messages().size() == 1) {
      return Payload.newBuilder().setText(request.text()).build();
    }
    var chat = ChatMessages.newBuilder();
    request
        .messages()
        .forEach(
            message ->
                chat.addMessages(
                    io.anyserve.v1.ChatMessage.newBuilder()
                        .setRole(message.role())
                        .setContent(message.content())));
    return Payload.newBuilder().setChat(chat).build();
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
