package io.anyserve.objects;

import static io.anyserve.objects.ObjectStoreContract.ALICE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.anyserve.contracts.ObjectRef;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client without credentials can and cannot do with a URL. */
interface PresignContract {

  Duration MINUTE = Duration.ofMinutes(1);

  ObjectStore store();

  @Test
  default void aSignedUrlFetchesTheObject() throws Exception {
    ObjectRef ref = store().put(ALICE, "text/plain", "hello".getBytes(UTF_8));
    HttpResponse<String> answer = get(store().presignGet(ALICE, ref, MINUTE));
    assertEquals(200, answer.statusCode());
    assertEquals("hello", answer.body());
  }

  @Test
  default void whatIsPutToASignedUrlCanBeReadThroughItsReference() throws Exception {
    PresignedUpload slot = store().presignPut(ALICE, MINUTE);
    byte[] content = "from outside".getBytes(UTF_8);
    assertEquals(200, put(slot.url(), content).statusCode());
    var digest = new Digest();
    digest.update(content, 0, content.length);
    var ref =
        new ObjectRef(
            slot.bucket(), slot.key(), "", content.length, digest.finish(), "a/b", slot.expires());
    assertArrayEquals(content, store().read(ALICE, ref, 100));
    assertEquals(403, get(unsigned(slot.url())).statusCode());
  }

  /** The headers are those of the clients, byte by byte. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // curl -X PUT --data-binary @file URL
        "User-Agent: curl/8.14.1\nAccept: */*\nContent-Type: application/x-www-form-urlencoded",
        // curl -T file URL
        "User-Agent: curl/8.14.1\nAccept: */*",
        // requests.put(URL, data=bytes)
        "User-Agent: python-requests/2.32.5\nAccept-Encoding: gzip, deflate\nAccept: */*\nConnection: keep-alive",
        "Content-Type: application/octet-stream",
        "Content-Type: multipart/form-data; boundary=none"
      })
  default void theUsualCommandsPutToASignedUrl(String headers) throws Exception {
    PresignedUpload slot = store().presignPut(ALICE, MINUTE);
    byte[] content = "a=1&b=%zz&X-Amz-Signature=none\n\u00e9".getBytes(UTF_8);
    assertEquals("HTTP/1.1 200", RawPut.status(slot.url(), headers, content));
    var digest = new Digest();
    digest.update(content, 0, content.length);
    var ref =
        new ObjectRef(
            slot.bucket(), slot.key(), "", content.length, digest.finish(), "a/b", slot.expires());
    assertArrayEquals(content, store().read(ALICE, ref, 100));
  }

  @Test
  default void aSignedUrlIsGoodForOneObjectAndOneMethod() throws Exception {
    ObjectRef one = store().put(ALICE, "a/b", new byte[1]);
    ObjectRef two = store().put(ALICE, "a/b", new byte[2]);
    URI url = store().presignGet(ALICE, one, MINUTE);
    URI other = URI.create(url.toString().replace(one.key(), two.key()));
    assertNotEquals(url, other);
    assertEquals(403, get(other).statusCode());
    assertEquals(403, put(url, new byte[3]).statusCode());
  }

  @Test
  default void withoutASignatureNothingIsServedHoweverItWasUploaded() throws Exception {
    ObjectRef small = store().put(ALICE, "a/b", new byte[1]);
    ObjectRef parts =
        store().put(ALICE, UploadMetadata.of("a/b"), new PatternStream(ObjectStoreContract.LARGE));
    for (ObjectRef ref : new ObjectRef[] {small, parts}) {
      URI url = store().presignGet(ALICE, ref, MINUTE);
      assertEquals(403, get(unsigned(url)).statusCode());
    }
  }

  @Test
  default void aSignedUrlExpires() throws Exception {
    ObjectRef ref = store().put(ALICE, "a/b", new byte[1]);
    URI brief = store().presignGet(ALICE, ref, Duration.ofSeconds(1));
    URI lasting = store().presignGet(ALICE, ref, Duration.ofMinutes(10));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertEquals(403, get(brief).statusCode()));
    assertEquals(200, get(lasting).statusCode());
  }

  private static URI unsigned(URI url) {
    return URI.create(url.toString().split("\\?", 2)[0]);
  }

  private static HttpResponse<String> get(URI url) throws Exception {
    return send(HttpRequest.newBuilder(url).build());
  }

  private static HttpResponse<String> put(URI url, byte[] content) throws Exception {
    return send(HttpRequest.newBuilder(url).PUT(BodyPublishers.ofByteArray(content)).build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString());
    }
  }
}
