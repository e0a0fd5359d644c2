package io.anyserve.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.UnsafeByteOperations;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.objects.ObjectStoreException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;

/**
 * Turns references back into what they stand for, verified. Stored plain text is text, whoever
 * stored it; a stored conversation is one again; all else is data. Thread-safe.
 */
public final class PayloadResolver {

  private static final String PLAIN_TEXT = "text/plain";

  private final ObjectStore store;
  private final long most;

  /**
   * @param most bytes of an object that may be fetched into memory
   */
  public PayloadResolver(ObjectStore store, long most) {
    this.store = store;
    this.most = most;
  }

  /** The payload itself unless it is a reference. */
  public Payload resolve(TenantId tenant, Payload payload) throws IOException {
    return payload instanceof Payload.ObjectReference(ObjectRef ref)
        ? payload(ref, store.read(tenant, ref, most))
        : payload;
  }

  private static Payload payload(ObjectRef ref, byte[] bytes) throws ObjectStoreException {
    try {
      return switch (mediaType(ref)) {
        case PLAIN_TEXT -> new Text(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        case PayloadOffloader.CHAT -> PayloadCodec.decode(bytes);
        default -> new Payload.Bytes(UnsafeByteOperations.unsafeWrap(bytes), ref.contentType());
      };
    } catch (CharacterCodingException e) {
      throw invalid(ref, "not valid UTF-8 (expected: text)", e);
    } catch (MalformedRecordException | IllegalArgumentException e) {
      throw invalid(ref, String.valueOf(e.getMessage()), e);
    }
  }

  private static String mediaType(ObjectRef ref) {
    return ref.contentType().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static ObjectStoreException invalid(ObjectRef ref, String why, Exception cause) {
    return new ObjectStoreException(
        Kind.INVALID, "object " + ObjectKeys.printable(ref.key()) + ": " + why, cause);
  }
}
