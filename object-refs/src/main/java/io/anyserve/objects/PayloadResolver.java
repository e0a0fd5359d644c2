package io.anyserve.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.UnsafeByteOperations;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.image.ImageLimits;
import io.anyserve.objects.ObjectStoreException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Turns references back into what they stand for, verified. Stored plain text is text, whoever
 * stored it; a stored conversation is one again, with its images; all else is data. Thread-safe.
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

  /** The payload itself unless it is a reference, or has images that are. */
  public Payload resolve(TenantId tenant, Payload payload) throws IOException {
    Payload content =
        payload instanceof Payload.ObjectReference(ObjectRef ref)
            ? payload(ref, store.read(tenant, ref, most))
            : payload;
    return content instanceof Payload.Chat chat && chat.storesImages()
        ? withImages(tenant, chat)
        : content;
  }

  private Payload.Chat withImages(TenantId tenant, Payload.Chat chat) throws IOException {
    List<ChatMessage> messages = new ArrayList<>();
    for (ChatMessage message : chat.messages()) {
      List<ContentPart> parts = new ArrayList<>();
      for (ContentPart part : message.parts()) {
        parts.add(
            part instanceof ContentPart.StoredImage(ObjectRef ref) ? image(tenant, ref) : part);
      }
      messages.add(message.withParts(parts));
    }
    return new Payload.Chat(messages, chat.tools(), chat.thinking());
  }

  private ContentPart image(TenantId tenant, ObjectRef ref) throws IOException {
    byte[] bytes = store.read(tenant, ref, Math.min(most, ImageLimits.MOST_BYTES));
    try {
      return new ContentPart.Image(UnsafeByteOperations.unsafeWrap(bytes));
    } catch (IllegalArgumentException e) {
      throw invalid(ref, String.valueOf(e.getMessage()), e);
    }
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
