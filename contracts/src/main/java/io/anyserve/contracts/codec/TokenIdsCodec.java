package io.anyserve.contracts.codec;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.v1.TokenIdList;
import java.util.stream.IntStream;

/** Token ids as payloads. The bytes of several, one after the other, are those of one. */
public final class TokenIdsCodec {

  public static final String CONTENT_TYPE = "application/vnd.anyserve.token-ids";

  private TokenIdsCodec() {}

  public static Payload.Bytes write(TokenIds tokens) {
    TokenIdList.Builder list = TokenIdList.newBuilder();
    tokens.stream().forEach(list::addTokenIds);
    return new Payload.Bytes(list.build().toByteString(), CONTENT_TYPE);
  }

  /** Throws IllegalArgumentException naming what is wrong with the payload. */
  public static TokenIds read(Payload payload) {
    if (!(payload instanceof Payload.Bytes(var bytes, String type)) || !type.equals(CONTENT_TYPE)) {
      throw new IllegalArgumentException(
          "input: " + kind(payload) + " (expected: data of the type " + CONTENT_TYPE + ")");
    }
    return ProtobufParser.read(
        "token ids", bytes.toByteArray(), TokenIdList.parser(), TokenIdsCodec::ids);
  }

  private static TokenIds ids(TokenIdList list) {
    return TokenIds.of(
        IntStream.range(0, list.getTokenIdsCount()).map(list::getTokenIds).toArray());
  }

  private static String kind(Payload payload) {
    return switch (payload) {
      case Payload.Text _ -> "text";
      case Payload.Chat _ -> "a conversation";
      case Payload.Bytes(var _, String type) -> "data of the type " + type;
      case Payload.ObjectReference _ -> "a reference";
    };
  }
}
