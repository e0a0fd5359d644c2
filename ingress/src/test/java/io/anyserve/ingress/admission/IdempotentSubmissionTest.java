package io.anyserve.ingress.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.v1.Inference;
import io.anyserve.v1.Payload;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IdempotentSubmissionTest {

  private static final TenantId ACME = new TenantId("acme");

  @Test
  void oneKeyIsOneRequestWhateverItAsksFor() {
    assertEquals(
        IdempotentSubmission.of(inference("a").build(), ACME, IdempotencyKey.of("key")).request(),
        IdempotentSubmission.of(inference("b").build(), ACME, IdempotencyKey.of("key")).request());
  }

  @Test
  void anotherKeyOrTenantIsAnotherRequest() {
    var inference = inference("a").build();
    var request = IdempotentSubmission.of(inference, ACME, IdempotencyKey.of("key")).request();
    assertNotEquals(
        request, IdempotentSubmission.of(inference, ACME, IdempotencyKey.of("key2")).request());
    assertNotEquals(
        request,
        IdempotentSubmission.of(inference, new TenantId("other"), IdempotencyKey.of("key"))
            .request());
  }

  @Test
  void eachGenerationOfAKeyIsAnotherRequestOfTheSameContent() {
    var inference = inference("a").build();
    var first = IdempotentSubmission.of(inference, ACME, IdempotencyKey.of("key"));
    assertEquals(first, IdempotentSubmission.of(inference, ACME, IdempotencyKey.of("key"), 0));
    var second = IdempotentSubmission.of(inference, ACME, IdempotencyKey.of("key"), 1);
    assertNotEquals(first.request(), second.request());
    assertEquals(first.digest(), second.digest());
    assertNotEquals(
        second.request(),
        IdempotentSubmission.of(inference, ACME, IdempotencyKey.of("key"), 2).request());
  }

  @Test
  void theRequestIsAUuidOfVersion8() {
    var id =
        UUID.fromString(
            IdempotentSubmission.of(inference("a").build(), ACME, IdempotencyKey.of("key"))
                .request()
                .toString());
    assertEquals(8, id.version());
    assertEquals(2, id.variant());
  }

  @Test
  void theOrderOfLabelsDoesNotMatter() {
    assertEquals(
        digest(inference("a").putLabels("x", "1").putLabels("y", "2")),
        digest(inference("a").putLabels("y", "2").putLabels("x", "1")));
  }

  @Test
  void everythingElseDoes() {
    String digest = digest(inference("a"));
    assertEquals(64, digest.length());
    assertNotEquals(digest, digest(inference("b")));
    assertNotEquals(digest, digest(inference("a").setSession("s")));
    assertNotEquals(digest, digest(inference("a").putLabels("x", "1")));
    assertNotEquals(digest, digest(inference("a").setCapability("other")));
    var seeded = inference("a");
    seeded.getParametersBuilder().setSeed(0);
    assertNotEquals(digest, digest(seeded));
  }

  @Test
  void aParameterThatIsLeftOutIsAnotherSubmissionThanAnyValueOfIt() {
    String digest = digest(inference("a"));
    var temperature = inference("a");
    temperature.getParametersBuilder().setTemperature(1);
    assertNotEquals(digest, digest(temperature));
    var topP = inference("a");
    topP.getParametersBuilder().setTopP(1);
    assertNotEquals(digest, digest(topP));
    var topK = inference("a");
    topK.getParametersBuilder().setTopK(0);
    assertNotEquals(digest, digest(topK));
  }

  @Test
  void aChoiceOfAKeyIsTheRequestOfNoOtherKey() {
    var inference = inference("a").build();
    var requests = new HashSet<RequestId>();
    for (String client : List.of("key", "key#1", "key1", "key 1")) {
      for (int choice = 0; choice < 3; choice++) {
        for (int generation = 0; generation < 3; generation++) {
          var key = new IdempotencyKey(client, choice);
          requests.add(IdempotentSubmission.of(inference, ACME, key, generation).request());
        }
      }
    }
    assertEquals(4 * 3 * 3, requests.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tab\there", "key\u00011", "umlaut \u00e4"})
  void aKeyThatIsNoneIsRefused(String key) {
    var inference = inference("a").build();
    assertThrows(
        InvalidRequestException.class,
        () -> IdempotentSubmission.of(inference, ACME, IdempotencyKey.of(key)));
  }

  @Test
  void aKeyMayHave255CharactersAndNoMore() {
    var inference = inference("a").build();
    assertEquals(
        64,
        IdempotentSubmission.of(inference, ACME, IdempotencyKey.of("k".repeat(255)))
            .digest()
            .length());
    var thrown =
        assertThrows(
            InvalidRequestException.class,
            () -> IdempotentSubmission.of(inference, ACME, IdempotencyKey.of("k".repeat(256))));
    assertEquals(
        "idempotency-key: 256 characters (expected: 1 to 255 printable ASCII characters)",
        thrown.getMessage());
  }

  private static String digest(Inference.Builder inference) {
    return IdempotentSubmission.of(inference.build(), ACME, IdempotencyKey.of("key")).digest();
  }

  private static Inference.Builder inference(String text) {
    return Inference.newBuilder()
        .setCapability("story")
        .setInput(Payload.newBuilder().setText(text));
  }
}
