package io.anyserve.contracts.codec;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInput.OfTokens;
import io.anyserve.contracts.embedding.EmbeddingInputs;

/** Texts to embed as payloads. */
public final class EmbeddingInputsCodec {

  public static final String CONTENT_TYPE = "application/vnd.anyserve.embedding-inputs";

  private EmbeddingInputsCodec() {}

  public static Payload.Bytes write(EmbeddingInputs inputs) {
    var message = io.anyserve.v1.EmbeddingInputs.newBuilder().setRanked(inputs.ranked());
    inputs.inputs().forEach(input -> message.addInputs(write(input)));
    return new Payload.Bytes(message.build().toByteString(), CONTENT_TYPE);
  }

  /** Throws IllegalArgumentException or {@link MalformedRecordException} naming what is wrong. */
  public static EmbeddingInputs read(Payload payload) {
    return ProtobufParser.read(
        "embedding inputs",
        TypedData.require("input", payload, CONTENT_TYPE).toByteArray(),
        io.anyserve.v1.EmbeddingInputs.parser(),
        EmbeddingInputsCodec::read);
  }

  private static io.anyserve.v1.EmbeddingInput write(EmbeddingInput input) {
    var message = io.anyserve.v1.EmbeddingInput.newBuilder();
    return switch (input) {
      case OfText(String text) -> message.setText(text).build();
      case OfTokens(var tokens) -> message.setTokens(TokenIdsCodec.message(tokens)).build();
    };
  }

  private static EmbeddingInputs read(io.anyserve.v1.EmbeddingInputs message) {
    return new EmbeddingInputs(
        message.getInputsList().stream().map(EmbeddingInputsCodec::read).toList(),
        message.getRanked());
  }

  private static EmbeddingInput read(io.anyserve.v1.EmbeddingInput message) {
    return switch (message.getInputCase()) {
      case TEXT -> new OfText(message.getText());
      case TOKENS -> new OfTokens(TokenIdsCodec.ids(message.getTokens()));
      case INPUT_NOT_SET -> throw ProtobufParser.unset("input");
    };
  }
}
