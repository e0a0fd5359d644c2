package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.ingress.response.Events;
import io.anyserve.runtime.tls.ServerTls;
import io.anyserve.runtime.tls.TestCertificate;
import io.anyserve.runtime.tls.TlsFiles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
final class HttpTlsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void aNewConnectionGetsTheNewCertificateWhileAnOldStreamGoesOn() throws Exception {
    var first = TestCertificate.create(folder, "first", "EC");
    var second = TestCertificate.create(folder, "second", "EC");
    TlsFiles files = first.write(folder);
    try (var tls = started(files);
        var server = HttpTestServer.start(tls);
        HttpClient early = client(first.trusted());
        HttpClient late = client(second.trusted());
        HttpClient stale = client(first.trusted())) {
      var streaming =
          early.sendAsync(
              chatting(server, ",\"stream\":true").build(), BodyHandlers.ofInputStream());
      await().atMost(PATIENCE).until(() -> server.log.requests.size() == 1);
      var request = server.log.requests.getFirst();
      server.log.emit(request, Events.started());
      server.log.emit(request, Events.chunk(0));
      var lines = new BufferedReader(new InputStreamReader(streaming.get().body(), UTF_8));
      String line = lines.readLine();
      while (!line.contains("w0 ")) {
        line = lines.readLine();
      }

      Files.writeString(files.certificate(), second.certificatePem());
      Files.writeString(files.key(), second.keyPem());
      tls.reload();

      assertEquals(200, models(late, server));
      assertThrows(SSLHandshakeException.class, () -> models(stale, server));
      server.log.emit(request, Events.chunk(1));
      server.log.emit(request, Events.finished());
      assertTrue(lines.lines().toList().contains("data: [DONE]"));
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
        var server = HttpTestServer.start(tls);
        HttpClient bare = client(own.trusted());
        HttpClient foreign = client(own.trustedBy(unknown));
        HttpClient member = client(own.trustedBy(known))) {
      assertThrows(IOException.class, () -> models(bare, server));
      assertThrows(IOException.class, () -> models(foreign, server));
      assertEquals(200, models(member, server));
    }
  }

  @Test
  void aForeignHostIsToldTheSameAsWithoutTls() throws Exception {
    var own = TestCertificate.create(folder, "server", "EC");
    try (var tls = started(own.write(folder));
        var server = HttpTestServer.start(tls);
        Socket socket =
            own.trusted()
                .getSocketFactory()
                .createSocket("127.0.0.1", server.server.address().getPort())) {
      socket
          .getOutputStream()
          .write("GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n".getBytes(US_ASCII));
      assertEquals("HTTP/1.1 421 Misdirected Request", HttpTestServer.reader(socket).readLine());
    }
  }

  @Test
  void aClientThatLeavesIsNoticedThroughTls() throws Exception {
    var own = TestCertificate.create(folder, "server", "EC");
    try (var tls = started(own.write(folder));
        var server = HttpTestServer.start(tls)) {
      HttpClient client = client(own.trusted());
      var _ = client.sendAsync(chatting(server, "").build(), BodyHandlers.ofString());
      await().atMost(PATIENCE).until(() -> server.log.requests.size() == 1);
      client.shutdownNow();
      await().atMost(PATIENCE).until(() -> server.log.commands.size() == 1);
      assertEquals(0, server.streams.size());
    }
  }

  private static ServerTls started(TlsFiles files) throws IOException {
    var tls = new ServerTls(files, new SimpleMeterRegistry());
    tls.start();
    return tls;
  }

  private static HttpClient client(SSLContext context) {
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private static HttpRequest.Builder to(HttpTestServer server, String path) {
    return HttpRequest.newBuilder(
        URI.create("https://127.0.0.1:" + server.server.address().getPort() + path));
  }

  private static HttpRequest.Builder chatting(HttpTestServer server, String more) {
    return to(server, CHAT)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(chat(more)));
  }

  private static int models(HttpClient client, HttpTestServer server) throws Exception {
    return client.send(to(server, "/v1/models").build(), BodyHandlers.discarding()).statusCode();
  }
}
