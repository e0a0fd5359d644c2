package io.anyserve.contracts.codec;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Chat;
import io.anyserve.contracts.Payload.Text;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Payloads and object references. */
public final class PayloadCodec {

  private static final String BYTES = "application/octet-stream";

  private PayloadCodec() {}

  public static byte[] encode(Payload payload) {
    return write(payload).toByteArray();
  }

  /** Throws {@link MalformedRecordException}. */
  public static Payload decode(byte @Nullable [] bytes) {
    return ProtobufParser.read(
        "payload", bytes, io.anyserve.v1.Payload.parser(), PayloadCodec::read);
  }

  public static io.anyserve.v1.Payload write(Payload payload) {
    var message = io.anyserve.v1.Payload.newBuilder();
    switch (payload) {
      case Text(String text) -> message.setText(text);
      case Chat chat -> message.setChat(ChatCodec.write(chat));
      case Payload.Bytes(ByteString bytes, String contentType) ->
          message.setData(bytes).setContentType(contentType);
      case Payload.ObjectReference(ObjectRef object) ->
          message.setObject(write(object)).setContentType(object.contentType());
    }
    return message.build();
  }

  /** Throws IllegalArgumentException naming the field that is wrong. */
  public static Payload read(io.anyserve.v1.Payload message) {
    return switch (message.getContentCase()) {
      case TEXT -> new Text(message.getText());
      case CHAT -> ChatCodec.read(message.getChat());
      case DATA -> new Payload.Bytes(message.getData(), orBytes(message.getContentType()));
      case OBJECT -> new Payload.ObjectReference(read(message.getObject()));
      case CONTENT_NOT_SET -> throw ProtobufParser.unset("payload");
    };
  }

  public static io.anyserve.v1.ObjectRef write(ObjectRef object) {
    return io.anyserve.v1.ObjectRef.newBuilder()
        .setBucket(object.bucket())
        .setKey(object.key())
        .setVersion(object.version())
        .setSize(object.size())
        .setSha256(ByteString.copyFrom(HexFormat.of().parseHex(object.sha256())))
        .setContentType(object.contentType())
        .setExpiresAt(object.expires().toEpochMilli())
        .build();
  }

  /** Throws IllegalArgumentException naming the field that is wrong. */
  public static ObjectRef read(io.anyserve.v1.ObjectRef message) {
    return new ObjectRef(
        message.getBucket(),
        message.getKey(),
        message.getVersion(),
        message.getSize(),
        HexFormat.of().formatHex(message.getSha256().toByteArray()),
        orBytes(message.getContentType()),
        Instant.ofEpochMilli(message.getExpiresAt()));
  }

  private static String orBytes(String contentType) {
    return contentType.isEmpty() ? BYTES : contentType;
  }
}
