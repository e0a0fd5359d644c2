package io.anyserve.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What S3 clients act upon in a refusal: status, code, and the tag of what was not modified. */
@Timeout(300)
final class RefusalsIT {

  private static final String OBJECT = "/bucket/key";

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private EmbeddedObjectStore store;
  private String tag;

  @BeforeEach
  void start() throws Exception {
    store = EmbeddedObjectStore.start(directory, 0, "key", "secret");
    HttpResponse<String> made = send(signed("PUT", "/bucket", ""));
    assertEquals(200, made.statusCode(), made.body());
    HttpResponse<String> put = send(signed("PUT", OBJECT, "hello"));
    assertEquals(200, put.statusCode(), put.body());
    tag = put.headers().firstValue("ETag").orElseThrow();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    store.close();
  }

  @Test
  void aMissingObjectIsNamedSo() throws Exception {
    assertRefused(404, "NoSuchKey", send(signed("GET", "/bucket/none", "")));
  }

  @Test
  void aBadSignatureIsNamedSo() throws Exception {
    URI wrong = URI.create(signed("GET", OBJECT, "").build().uri() + "x");
    assertRefused(403, "SignatureDoesNotMatch", send(HttpRequest.newBuilder(wrong)));
  }

  @Test
  void aRangeBehindTheEndIsNamedSo() throws Exception {
    var request = signed("GET", OBJECT, "").header("Range", "bytes=100-200");
    assertRefused(416, "InvalidRange", send(request));
  }

  @Test
  void aConditionThatFailsIsNamedSo() throws Exception {
    var request = signed("GET", OBJECT, "").header("If-Match", "\"other\"");
    assertRefused(412, "PreconditionFailed", send(request));
  }

  @Test
  void whatWasNotModifiedKeepsItsTag() throws Exception {
    HttpResponse<String> answer = send(signed("GET", OBJECT, "").header("If-None-Match", tag));
    assertEquals(304, answer.statusCode());
    assertEquals(tag, answer.headers().firstValue("ETag").orElse("none"));
  }

  @Test
  void anArgumentThatTheStoreCannotTakeIsNamedSo() throws Exception {
    URI list = URI.create(signed("GET", "/bucket", "").build().uri() + "&delimiter=x");
    assertRefused(400, "InvalidArgument", send(HttpRequest.newBuilder(list)));
  }

  private static void assertRefused(int status, String code, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains("<Code>" + code + "</Code>"), answer.body());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Signature version 2 in the query: it covers method, expiry and path. */
  private HttpRequest.Builder signed(String method, String path, String body) throws Exception {
    long expires = Instant.now().plusSeconds(600).getEpochSecond();
    var mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec("secret".getBytes(UTF_8), mac.getAlgorithm()));
    String text = String.join("\n", method, "", "", "" + expires, path);
    String signature = Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    String query =
        "?AWSAccessKeyId=key&Expires="
            + expires
            + "&Signature="
            + URLEncoder.encode(signature, UTF_8);
    return HttpRequest.newBuilder(store.endpoint().resolve(path + query))
        .method(method, BodyPublishers.ofString(body));
  }
}
