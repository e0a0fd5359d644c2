package io.anyserve.objects;

import static io.anyserve.objects.Failing.failing;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Chat;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.objects.ObjectStoreException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Payloads on their way into the store and back. */
final class PayloadOffloaderTest {

  private static final TenantId TENANT = new TenantId("alice");
  private static final int THRESHOLD = 100;

  private final BlobStore bucket = new InMemoryBucket("memory", InstantSource.system());
  private final ObjectStore store =
      new ObjectStore(bucket, 10_000, Duration.ofDays(1), InstantSource.fixed(Instant.EPOCH));
  private final PayloadOffloader offload = new PayloadOffloader(store, THRESHOLD);
  private final PayloadResolver resolver = new PayloadResolver(store, 1000);

  @Test
  void upToTheThresholdPayloadsStayAsTheyAre() throws Exception {
    for (Payload payload :
        List.of(
            new Text("x".repeat(THRESHOLD)),
            new Payload.Bytes(ByteString.copyFrom(new byte[THRESHOLD]), "a/b"),
            new Chat(List.of(new ChatMessage("user", "hi"))))) {
      assertSame(payload, offload.apply(TENANT, payload));
      assertSame(payload, resolver.resolve(TENANT, payload));
    }
  }

  @Test
  void aboveTheThresholdPayloadsTravelAsReferencesAndComeBackTheSame() throws Exception {
    for (Payload payload :
        List.of(
            new Text("é".repeat(THRESHOLD / 2) + "!"),
            new Payload.Bytes(ByteString.copyFrom(new byte[THRESHOLD + 1]), "image/png"),
            new Chat(
                List.of(
                    new ChatMessage("system", "be brief"),
                    new ChatMessage("user", "x".repeat(THRESHOLD)))))) {
      var stored = assertInstanceOf(Payload.ObjectReference.class, offload.apply(TENANT, payload));
      assertEquals(payload, resolver.resolve(TENANT, stored));
      assertSame(stored, offload.apply(TENANT, stored));
    }
  }

  @Test
  void imagesThatAreReferencesAreFetched() throws Exception {
    byte[] png = HexFormat.of().parseHex("89504e470d0a1a0a0000000d494844520000000200000003");
    var text = new ContentPart.Text("What is this?");
    ObjectRef ref = store.put(TENANT, "image/png", png);
    Chat asked = about(text, new ContentPart.StoredImage(ref));
    assertEquals(
        about(text, new ContentPart.Image(ByteString.copyFrom(png))),
        resolver.resolve(TENANT, asked));

    assertEquals(
        Kind.NOT_FOUND, failing(() -> resolver.resolve(new TenantId("bob"), asked)).kind());
    ObjectRef other = store.put(TENANT, "image/png", "no image".getBytes(UTF_8));
    Chat wrong = about(new ContentPart.StoredImage(other));
    assertEquals(Kind.INVALID, failing(() -> resolver.resolve(TENANT, wrong)).kind());
  }

  private static Chat about(ContentPart... parts) {
    return new Chat(List.of(ChatMessage.ofParts(List.of(parts), "")));
  }

  @Test
  void plainTextThatAClientStoredIsText() throws Exception {
    for (String type : List.of("text/plain", "Text/Plain; charset=utf-8")) {
      ObjectRef ref = store.put(TENANT, type, "grüße".getBytes(UTF_8));
      assertEquals(new Text("grüße"), resolver.resolve(TENANT, new Payload.ObjectReference(ref)));
    }
  }

  @Test
  void contentThatIsNotWhatItsTypeSaysIsInvalid() throws Exception {
    byte[] notUtf8 = {(byte) 0xc3, 0x28};
    for (ObjectRef ref :
        List.of(
            store.put(TENANT, "text/plain", notUtf8),
            store.put(TENANT, "text/plain", new byte[] {'a', 0}),
            store.put(TENANT, PayloadOffloader.CHAT, notUtf8),
            store.put(TENANT, PayloadOffloader.CHAT, new byte[0]))) {
      assertEquals(
          Kind.INVALID,
          failing(() -> resolver.resolve(TENANT, new Payload.ObjectReference(ref))).kind());
    }
  }

  @Test
  void anObjectBeyondTheCapIsNotFetched() throws Exception {
    ObjectRef ref = store.put(TENANT, "a/b", new byte[1001]);
    var failure = failing(() -> resolver.resolve(TENANT, new Payload.ObjectReference(ref)));
    assertEquals(Kind.TOO_LARGE, failure.kind());
    assertEquals("object size: 1001 bytes (expected: at most 1000)", failure.getMessage());
  }

  @Test
  void anotherTenantsReferenceIsNotResolved() throws Exception {
    ObjectRef ref = store.put(TENANT, "a/b", new byte[1]);
    var failure =
        failing(() -> resolver.resolve(new TenantId("bob"), new Payload.ObjectReference(ref)));
    assertEquals(Kind.NOT_FOUND, failure.kind());
  }
}
