package io.anyserve.objects;

import io.anyserve.embedded.EmbeddedObjectStore;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EmbeddedStoreIT implements ObjectStoreContract, PresignContract {

  private final EmbeddedObjectStore server;
  private final BlobStore bucket;

  EmbeddedStoreIT(@TempDir Path directory) throws Exception {
    server = EmbeddedObjectStore.start(directory, 0, "key", "secret");
    bucket = MinioBlobStore.of(ObjectStoreConfig.of(server.endpoint(), "key", "secret"));
  }

  @BeforeAll
  void create() throws Exception {
    bucket.create();
  }

  @AfterAll
  void close() throws Exception {
    bucket.close();
    server.close();
  }

  @Override
  public BlobStore bucket() {
    return bucket;
  }

  @Override
  public ObjectStore store() {
    return ObjectStoreContract.super.store();
  }
}
