package io.anyserve.embedded;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients do with the store is the subject of the contract test of object-refs. */
@Timeout(300)
final class EmbeddedObjectStoreIT {

  @TempDir Path directory;

  @Test
  void anUnsignedRequestIsForbiddenEvenForAWorldReadableFile() throws Exception {
    Files.createDirectory(directory.resolve("bucket"));
    Files.createFile(directory.resolve("bucket/key"));
    try (var store = EmbeddedObjectStore.start(directory, 0, "key", "secret")) {
      assertEquals(403, status(store.endpoint()));
    }
  }

  @Test
  void anyPortIsARealPort() throws Exception {
    try (var store = EmbeddedObjectStore.start(directory, 0, "key", "secret")) {
      assertEquals("127.0.0.1", store.endpoint().getHost());
      assertNotEquals(0, store.endpoint().getPort());
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      var failure =
          assertThrows(
              BindException.class,
              () -> EmbeddedObjectStore.start(directory, port, "key", "secret"));
      assertEquals(
          "object store port " + port + " on 127.0.0.1: Address already in use",
          failure.getMessage());
    }
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsRefused() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThrows(IOException.class, () -> EmbeddedObjectStore.start(file, 0, "key", "secret"));
  }

  @Test
  void aClosedStoreNoLongerListens() throws Exception {
    var store = EmbeddedObjectStore.start(directory, 0, "key", "secret");
    URI endpoint = store.endpoint();
    store.close();
    assertDoesNotThrow(store::close);
    assertThrows(ConnectException.class, () -> status(endpoint));
  }

  private static int status(URI address) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(address.resolve("/bucket/key")).build();
      return client.send(request, BodyHandlers.discarding()).statusCode();
    }
  }
}
