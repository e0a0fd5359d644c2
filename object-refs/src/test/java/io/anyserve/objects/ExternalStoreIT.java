package io.anyserve.objects;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Against the S3 server that S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY name, if they do. */
@Timeout(300)
@EnabledIfEnvironmentVariable(named = "S3_ENDPOINT", matches = "http.*")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ExternalStoreIT implements ObjectStoreContract, PresignContract {

  private final BlobStore bucket =
      MinioBlobStore.of(
          ObjectStoreConfig.of(
              URI.create(variable("S3_ENDPOINT")),
              variable("S3_ACCESS_KEY"),
              variable("S3_SECRET_KEY")));

  @BeforeAll
  void create() throws Exception {
    bucket.create();
  }

  @AfterAll
  void close() throws Exception {
    var sweeper = new ExpirySweeper(bucket, RETENTION, 1000);
    while (!sweeper.step(NOW.plus(RETENTION.multipliedBy(2))).complete()) {}
    bucket.close();
  }

  @Override
  public BlobStore bucket() {
    return bucket;
  }

  @Override
  public ObjectStore store() {
    return ObjectStoreContract.super.store();
  }

  private static String variable(String name) {
    Map<String, String> environment = System.getenv();
    return Objects.requireNonNull(environment.get(name), name);
  }
}
