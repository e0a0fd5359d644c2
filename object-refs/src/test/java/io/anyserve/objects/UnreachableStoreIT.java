package io.anyserve.objects;

import static io.anyserve.objects.Failing.failing;
import static io.anyserve.objects.ObjectStoreContract.ALICE;
import static io.anyserve.objects.ObjectStoreContract.NOW;
import static io.anyserve.objects.ObjectStoreContract.RETENTION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ObjectRef;
import io.anyserve.embedded.EmbeddedObjectStore;
import io.anyserve.objects.ObjectStoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each of these must fail instead of waiting forever, and say why. */
@Timeout(300)
final class UnreachableStoreIT {

  @TempDir Path directory;

  @Test
  void aClosedPortIsUnavailableAndNamed() throws Exception {
    URI nowhere = closedPort();
    try (var bucket = MinioBlobStore.of(ObjectStoreConfig.of(nowhere, "key", "secret"))) {
      ObjectStore store = store(bucket);
      for (Failing.Attempt attempt :
          List.<Failing.Attempt>of(
              bucket::create,
              () -> store.put(ALICE, "a/b", new byte[1]),
              () -> store.put(ALICE, UploadMetadata.of("a/b"), new PatternStream(20 << 20)),
              () -> store.presignGet(ALICE, ref(), Duration.ofMinutes(1)),
              () -> store.open(ALICE, ref()),
              () -> store.remove(ALICE, ref()),
              () -> bucket.list("", "", 10))) {
        var failure = failing(attempt);
        assertEquals(Kind.UNAVAILABLE, failure.kind());
        assertTrue(failure.toString().contains(nowhere.toString()), failure.toString());
      }
    }
  }

  @Test
  void aStoreThatGoesAwayIsUnavailableAndComesBack() throws Exception {
    var server = EmbeddedObjectStore.start(directory, 0, "key", "secret");
    URI endpoint = server.endpoint();
    try (var bucket = MinioBlobStore.of(ObjectStoreConfig.of(endpoint, "key", "secret"))) {
      bucket.create();
      ObjectStore store = store(bucket);
      ObjectRef ref = store.put(ALICE, "a/b", new byte[1]);
      server.close();
      assertEquals(Kind.UNAVAILABLE, failing(() -> store.open(ALICE, ref)).kind());
      try (var again = EmbeddedObjectStore.start(directory, endpoint.getPort(), "key", "secret")) {
        assertEquals(endpoint, again.endpoint());
        assertEquals(1, store.read(ALICE, ref, 1).length);
      }
    }
  }

  @Test
  void wrongKeysAreDenied() throws Exception {
    try (var server = EmbeddedObjectStore.start(directory, 0, "key", "secret")) {
      for (String[] keys : new String[][] {{"key", "wrong"}, {"wrong", "secret"}}) {
        try (var bucket =
            MinioBlobStore.of(ObjectStoreConfig.of(server.endpoint(), keys[0], keys[1]))) {
          var failure = failing(bucket::create);
          assertEquals(Kind.ACCESS_DENIED, failure.kind(), failure.toString());
        }
      }
    }
  }

  @Test
  void aMissingBucketIsNotAMissingObject() throws Exception {
    try (var server = EmbeddedObjectStore.start(directory, 0, "key", "secret");
        var bucket = MinioBlobStore.of(ObjectStoreConfig.of(server.endpoint(), "key", "secret"))) {
      var failure = failing(() -> store(bucket).put(ALICE, "a/b", new byte[1]));
      assertEquals(Kind.UNAVAILABLE, failure.kind(), failure.toString());
    }
  }

  @Test
  void anAnswerThatBreaksOffIsUnavailableAndNotAShortObject() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var bucket = MinioBlobStore.of(ObjectStoreConfig.of(at(server), "key", "secret"))) {
      Thread.ofVirtual().start(() -> answerHalf(server));
      try (InputStream content = store(bucket).open(ALICE, ref())) {
        assertEquals(Kind.UNAVAILABLE, failing(content::readAllBytes).kind());
      }
    }
  }

  private static void answerHalf(ServerSocket server) {
    try (Socket client = server.accept()) {
      String head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
      client.getOutputStream().write((head + "five!").getBytes(StandardCharsets.US_ASCII));
      client.getOutputStream().flush();
      client.shutdownOutput();
      client.getInputStream().skip(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectStore store(BlobStore bucket) {
    return new ObjectStore(bucket, 1L << 30, RETENTION, InstantSource.fixed(NOW));
  }

  private static ObjectRef ref() {
    String key = "tenants/alice/2026-11-27/00000000000000000000000000000000";
    return new ObjectRef("anyserve", key, "", 10, "0".repeat(64), "a/b", NOW);
  }

  private static URI closedPort() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return at(server);
    }
  }

  private static URI at(ServerSocket server) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }
}
