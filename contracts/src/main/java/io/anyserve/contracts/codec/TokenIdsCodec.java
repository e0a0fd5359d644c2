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
    return new Payload.Bytes(message(tokens).toByteString(), CONTENT_TYPE);
  }

  /** Throws IllegalArgumentException naming what is wrong with the payload. */
  public static TokenIds read(Payload payload) {
    return ProtobufParser.read(
        "token ids",
        TypedData.require("input", payload, CONTENT_TYPE).toByteArray(),
        TokenIdList.parser(),
        TokenIdsCodec::ids);
  }

  static TokenIdList message(TokenIds tokens) {
    TokenIdList.Builder list = TokenIdList.newBuilder();
    tokens.stream().forEach(list::addTokenIds);
    return list.build();
  }

  static TokenIds ids(TokenIdList list) {
    return TokenIds.of(
        IntStream.range(0, list.getTokenIdsCount()).map(list::getTokenIds).toArray());
  }
}
