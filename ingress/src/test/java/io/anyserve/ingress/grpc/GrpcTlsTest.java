package io.anyserve.ingress.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.ingress.response.Events;
import io.anyserve.runtime.tls.ServerTls;
import io.anyserve.runtime.tls.TestCertificate;
import io.anyserve.runtime.tls.TlsFiles;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.StreamEvent;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
final class GrpcTlsTest {

  private static final InferStreamRequest REQUEST =
      InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build();

  @TempDir private Path folder;

  @Test
  void aNewConnectionGetsTheNewCertificateWhileAnOldStreamGoesOn() throws Exception {
    var first = TestCertificate.create(folder, "first", "EC");
    var second = TestCertificate.create(folder, "second", "RSA");
    TlsFiles files = first.write(folder);
    try (var tls = started(files);
        var server = TestServer.start(tls)) {
      ManagedChannel early = channel(server, trusting(first));
      ManagedChannel late = channel(server, trusting(second));
      ManagedChannel stale = channel(server, trusting(first));
      try {
        Iterator<StreamEvent> stream = stream(early);
        assertTrue(stream.next().hasAccepted());
        var request = server.log.requests.getFirst();

        Files.writeString(files.certificate(), second.certificatePem());
        Files.writeString(files.key(), second.keyPem());
        tls.reload();

        assertTrue(stream(late).next().hasAccepted());
        assertUnavailable(stale);
        server.log.emit(request, Events.started());
        server.log.emit(request, Events.chunk(0));
        server.log.emit(request, Events.finished());
        StreamEvent last = stream.next();
        while (stream.hasNext()) {
          last = stream.next();
        }
        assertTrue(last.hasFinished());
      } finally {
        early.shutdownNow();
        late.shutdownNow();
        stale.shutdownNow();
      }
    }
  }

  @Test
  void aClientWithoutACertificateIsRefusedWhereOneIsNeeded() throws Exception {
    var own = TestCertificate.create(folder, "server", "EC");
    var known = TestCertificate.create(folder, "known", "EC");
    var unknown = TestCertificate.create(folder, "unknown", "EC");
    TlsFiles pair = own.write(folder);
    Path authority = Files.writeString(folder.resolve("clients.pem"), known.certificatePem());
    var files = new TlsFiles(pair.certificate(), pair.key(), Optional.of(authority));
    try (var tls = started(files);
        var server = TestServer.start(tls)) {
      ManagedChannel bare = channel(server, trusting(own));
      ManagedChannel foreign =
          channel(server, trusting(own).keyManager(unknown.key(), unknown.certificate()));
      ManagedChannel member =
          channel(server, trusting(own).keyManager(known.key(), known.certificate()));
      try {
        assertUnavailable(bare);
        assertUnavailable(foreign);
        assertEquals(0, server.log.requests.size());
        assertTrue(stream(member).next().hasAccepted());
      } finally {
        bare.shutdownNow();
        foreign.shutdownNow();
        member.shutdownNow();
      }
    }
  }

  private static void assertUnavailable(ManagedChannel channel) {
    var thrown = assertThrows(StatusRuntimeException.class, () -> stream(channel).next());
    assertEquals(Status.Code.UNAVAILABLE, thrown.getStatus().getCode(), thrown::toString);
  }

  private static Iterator<StreamEvent> stream(ManagedChannel channel) {
    return InferenceServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .inferStream(REQUEST);
  }

  private static ServerTls started(TlsFiles files) throws IOException {
    var tls = new ServerTls(files, new SimpleMeterRegistry());
    tls.start();
    return tls;
  }

  private static SslContextBuilder trusting(TestCertificate server) {
    return GrpcSslContexts.forClient().trustManager(server.certificate());
  }

  private static ManagedChannel channel(TestServer server, SslContextBuilder tls)
      throws IOException {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.server.address().getPort())
        .sslContext(tls.build())
        .build();
  }
}
