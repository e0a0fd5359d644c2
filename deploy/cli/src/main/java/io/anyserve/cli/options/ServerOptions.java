package io.anyserve.cli.options;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
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

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      defaultValue = "${env:ANYSERVE_TLS_CERTIFICATE}",
      description =
          "PEM file with the client's certificate and those that signed it, for a server that asks for"
              + " one; with --tls-key.")
  @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      defaultValue = "${env:ANYSERVE_TLS_KEY}",
      description = "PEM file with the key of --tls-certificate (PKCS#8, no password).")
  @Nullable Path certificateKey;

  /** Throws IllegalArgumentException for files that are not what they should be. */
  public ManagedChannel open() {
    checkTls();
    NettyChannelBuilder channel =
        NettyChannelBuilder.forTarget(server)
            .maxInboundMessageSize(LARGEST_MESSAGE)
            .intercept(credentials());
    return (authority == null ? channel.usePlaintext() : channel.sslContext(tls(authority)))
        .build();
  }

  private void checkTls() {
    if ((certificate == null) != (certificateKey == null)) {
      throw new IllegalArgumentException(
          "--tls-certificate and --tls-key: one of the two (expected: both or none)");
    }
    if (certificate != null && authority == null) {
      throw new IllegalArgumentException(
          "--tls-certificate: without --tls-ca (expected: the authority of the server, too)");
    }
  }

  private SslContext tls(Path trusted) {
    SslContextBuilder tls = GrpcSslContexts.forClient();
    try {
      tls.trustManager(trusted.toFile());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--tls-ca: " + trusted + " is not readable (expected: PEM certificates)", e);
    }
    if (certificate != null && certificateKey != null) {
      identify(tls, certificate, certificateKey);
    }
    try {
      return tls.build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
    }
  }

  private static void identify(SslContextBuilder tls, Path certificate, Path key) {
    try {
      tls.keyManager(certificate.toFile(), key.toFile());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--tls-certificate and --tls-key: %s and %s are not readable (expected: PEM certificates and a PKCS#8 key)"
              .formatted(certificate, key),
          e);
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
