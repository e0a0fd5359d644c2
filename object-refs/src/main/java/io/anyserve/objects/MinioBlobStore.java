package io.anyserve.objects;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of any S3 server, through the MinIO client. An unreachable server is reported after at
 * most five seconds, one that stops answering after thirty.
 */
public final class MinioBlobStore implements BlobStore {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration IO_TIMEOUT = Duration.ofSeconds(30);
  private static final int MOST_CONCURRENT = 64;

  /** Answers that a moment later may be different ones. */
  private static final Set<Integer> RETRIED = Set.of(429, 502, 503, 504);

  private static final int RETRIES = 3;
  private static final long RETRY_MILLIS = 100;

  /** Held in memory while it is sent; the least that S3 accepts is 5 MiB. */
  private static final long PART_BYTES = 5L << 20;

  private static final String EXPIRES = "expires";

  private final MinioClient client;
  private final OkHttpClient http;
  private final String name;
  private final URI endpoint;

  private MinioBlobStore(MinioClient client, OkHttpClient http, String name, URI endpoint) {
    this.client = client;
    this.http = http;
    this.name = name;
    this.endpoint = endpoint;
  }

  /** Connects nowhere yet. */
  public static MinioBlobStore of(ObjectStoreConfig settings) {
    OkHttpClient http = http();
    MinioClient client =
        MinioClient.builder()
            .endpoint(settings.endpoint().toString())
            .region(settings.region())
            .credentials(settings.accessKey(), settings.secretKey())
            .httpClient(http)
            .build();
    client.setRetry(RETRIED, RETRY_MILLIS, RETRIES);
    return new MinioBlobStore(client, http, settings.bucket(), settings.endpoint());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void create() throws ObjectStoreException {
    boolean exists =
        call(
            "bucket " + name,
            () -> client.bucketExists(BucketExistsArgs.builder().bucket(name).build()));
    if (!exists) {
      call("bucket " + name, this::make);
    }
  }

  @Override
  public String write(NewBlob blob, InputStream content, OptionalLong size)
      throws ObjectStoreException {
    Long known = size.isPresent() ? size.getAsLong() : null;
    var args =
        PutObjectArgs.builder()
            .bucket(name)
            .object(blob.key())
            .contentType(blob.contentType())
            .userMetadata(Map.of(EXPIRES, String.valueOf(blob.expires().toEpochMilli())))
            .stream(content, known, PART_BYTES)
            .build();
    @Nullable String version =
        call("object " + blob.key(), () -> client.putObject(args)).versionId();
    return version == null ? "" : version;
  }

  @Override
  public Blob read(String key) throws ObjectStoreException {
    var args = GetObjectArgs.builder().bucket(name).object(key).build();
    var found = call("object " + key, () -> client.getObject(args));
    @Nullable String length = found.headers().get("Content-Length");
    return new Blob(
        length == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(length)), found);
  }

  @Override
  public BlobInfo stat(String key) throws ObjectStoreException {
    var args = StatObjectArgs.builder().bucket(name).object(key).build();
    var found = call("object " + key, () -> client.statObject(args));
    return new BlobInfo(
        found.size(), String.valueOf(found.contentType()), expires(found.userMetadata()));
  }

  @Override
  public void remove(String key) throws ObjectStoreException {
    var args = RemoveObjectArgs.builder().bucket(name).object(key).build();
    call(
        "object " + key,
        () -> {
          client.removeObject(args);
          return true;
        });
  }

  @Override
  public URI presignGet(String key, Duration validity) throws ObjectStoreException {
    return presign(Http.Method.GET, key, validity);
  }

  @Override
  public URI presignPut(String key, Duration validity) throws ObjectStoreException {
    return presign(Http.Method.PUT, key, validity);
  }

  @Override
  public Page list(String prefix, String after, int limit) throws ObjectStoreException {
    var args = ListObjectsArgs.builder().bucket(name).prefix(prefix).recursive(true);
    args.maxKeys(limit);
    if (!after.isEmpty()) {
      args.startAfter(after);
    }
    return call("objects under " + prefix, () -> page(client.listObjects(args.build()), limit));
  }

  @Override
  public void close() {
    http.dispatcher().cancelAll();
    http.dispatcher().executorService().close();
    http.connectionPool().evictAll();
  }

  private static OkHttpClient http() {
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("s3-", 0).factory());
    var dispatcher = new Dispatcher(threads);
    dispatcher.setMaxRequests(MOST_CONCURRENT);
    dispatcher.setMaxRequestsPerHost(MOST_CONCURRENT);
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .protocols(List.of(Protocol.HTTP_1_1))
        .connectTimeout(CONNECT_TIMEOUT)
        .readTimeout(IO_TIMEOUT)
        .writeTimeout(IO_TIMEOUT)
        .build();
  }

  private URI presign(Http.Method method, String key, Duration validity)
      throws ObjectStoreException {
    var args =
        GetPresignedObjectUrlArgs.builder()
            .bucket(name)
            .object(key)
            .method(method)
            .expiry(Math.toIntExact(validity.toSeconds()), TimeUnit.SECONDS)
            .build();
    return URI.create(call("object " + key, () -> client.getPresignedObjectUrl(args)));
  }

  /** Somebody else may be doing the same at this moment. */
  private boolean make() throws MinioException {
    try {
      client.makeBucket(MakeBucketArgs.builder().bucket(name).build());
    } catch (ErrorResponseException e) {
      if (!e.errorResponse().code().equals("BucketAlreadyOwnedByYou")) {
        throw e;
      }
    }
    return true;
  }

  /** The client would go on to the next pages by itself. */
  private static Page page(Iterable<Result<Item>> results, int limit) throws MinioException {
    List<Listed> blobs = new ArrayList<>();
    for (Result<Item> result : results) {
      if (blobs.size() == limit) {
        return new Page(blobs, false);
      }
      blobs.add(listed(result.get()));
    }
    return new Page(blobs, true);
  }

  private static Listed listed(Item item) {
    return new Listed(item.objectName(), item.size(), item.lastModified().toInstant());
  }

  private static Optional<Instant> expires(Http.Headers metadata) {
    for (Map.Entry<String, String> entry : metadata) {
      if (entry.getKey().equalsIgnoreCase(EXPIRES) && entry.getValue().matches("\\d{1,18}")) {
        return Optional.of(Instant.ofEpochMilli(Long.parseLong(entry.getValue())));
      }
    }
    return Optional.empty();
  }

  /** The client wraps what is not its own in exceptions that it does not declare. */
  private <T> T call(String what, Call<T> call) throws ObjectStoreException {
    try {
      return call.run();
    } catch (MinioException | RuntimeException e) {
      throw MinioFailure.of(what, endpoint, e);
    }
  }

  @FunctionalInterface
  private interface Call<T> {
    T run() throws MinioException;
  }
}
