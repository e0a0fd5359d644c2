package io.anyserve.cli.options;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLException;
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

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      defaultValue = "${env:ANYSERVE_TLS_CA}",
      description =
          "PEM file with the certificate of the server or of its authority; without it, the command"
              + " speaks without TLS.")
  @Nullable Path authority;

  /** Throws IllegalArgumentException for an authority that is none. */
  public ManagedChannel open() {
    NettyChannelBuilder channel =
        NettyChannelBuilder.forTarget(server)
            .maxInboundMessageSize(LARGEST_MESSAGE)
            .intercept(credentials());
    return (authority == null ? channel.usePlaintext() : channel.sslContext(trusting(authority)))
        .build();
  }

  private static SslContext trusting(Path authority) {
    try {
      return GrpcSslContexts.forClient().trustManager(authority.toFile()).build();
    } catch (IllegalArgumentException | SSLException e) {
      throw new IllegalArgumentException(
          "--tls-ca: " + authority + " is not readable (expected: PEM certificates)", e);
    }
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
