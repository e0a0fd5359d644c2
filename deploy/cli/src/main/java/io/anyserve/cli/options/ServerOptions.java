package io.anyserve.cli.options;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the ingress listens and who asks. */
public final class ServerOptions {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final int LARGEST_MESSAGE = 16 << 20;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:ANYSERVE_SERVER:-127.0.0.1:7400}",
      description = "gRPC address of an ingress (default: ${DEFAULT-VALUE}).")
  String server = "";

  @Option(
      names = "--key",
      paramLabel = "KEY",
      defaultValue = "${env:ANYSERVE_KEY}",
      description = "API key, if the server requires one; prefer the variable ANYSERVE_KEY.")
  @Nullable String key;

  public ManagedChannel open() {
    return NettyChannelBuilder.forTarget(server)
        .usePlaintext()
        .maxInboundMessageSize(LARGEST_MESSAGE)
        .intercept(credentials())
        .build();
  }

  private List<ClientInterceptor> credentials() {
    if (key == null || key.isEmpty()) {
      return List.of();
    }
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + key);
    return List.of(MetadataUtils.newAttachHeadersInterceptor(headers));
  }
}
