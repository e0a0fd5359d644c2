package io.anyserve.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.TenantId;
import io.anyserve.embedded.EmbeddedObjectStore;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An object larger than the whole heap of the process that stores and fetches it. */
@Timeout(300)
final class SmallHeapIT {

  private static final long OBJECT = 64L << 20;

  @TempDir Path directory;

  @Test
  void anObjectMayBeLargerThanTheHeap() throws Exception {
    try (var server = EmbeddedObjectStore.start(directory, 0, "key", "secret")) {
      Process client =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx40m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  SmallHeapIT.class.getName(),
                  server.endpoint().toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, client.waitFor(), output);
    }
  }

  public static void main(String[] args) throws Exception {
    var tenant = new TenantId("alice");
    try (var bucket =
        MinioBlobStore.of(ObjectStoreConfig.of(URI.create(args[0]), "key", "secret"))) {
      bucket.create();
      var store = new ObjectStore(bucket, OBJECT, Duration.ofDays(1), InstantSource.system());
      ObjectRef ref = store.put(tenant, UploadMetadata.of("a/b"), new PatternStream(OBJECT));
      try (InputStream content = store.open(tenant, ref)) {
        content.transferTo(OutputStream.nullOutputStream());
      }
    }
  }
}
