package io.anyserve.ingress.openai;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.TokenLogprob;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** What the model found likely, in the two forms that the OpenAI API has. */
final class LogprobsJson {

  private static final String NAME = "logprobs";

  private LogprobsJson() {}

  /** The property of a choice: null where nothing was asked for. */
  static void write(JsonGenerator json, CompletionKind kind, List<PositionLogprobs> positions) {
    if (positions.isEmpty()) {
      json.writeNullProperty(NAME);
      return;
    }
    json.writeObjectPropertyStart(NAME);
    switch (kind) {
      case CHAT -> chat(json, positions);
      case TEXT -> text(json, positions);
    }
    json.writeEndObject();
  }

  private static void chat(JsonGenerator json, List<PositionLogprobs> positions) {
    json.writeArrayPropertyStart("content");
    for (PositionLogprobs position : positions) {
      json.writeStartObject();
      token(json, position.chosen());
      json.writeArrayPropertyStart("top_logprobs");
      for (TokenLogprob other : position.top()) {
        json.writeStartObject();
        token(json, other);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNullProperty("refusal");
  }

  private static void token(JsonGenerator json, TokenLogprob token) {
    json.writeStringProperty("token", name(token.piece()));
    json.writeNumberProperty("logprob", token.logprob());
    json.writeArrayPropertyStart("bytes");
    for (byte b : token.piece()) {
      json.writeNumber(Byte.toUnsignedInt(b));
    }
    json.writeEndArray();
  }

  private static void text(JsonGenerator json, List<PositionLogprobs> positions) {
    json.writeArrayPropertyStart("tokens");
    positions.forEach(position -> json.writeString(name(position.chosen().piece())));
    json.writeEndArray();
    json.writeArrayPropertyStart("token_logprobs");
    positions.forEach(position -> json.writeNumber(position.chosen().logprob()));
    json.writeEndArray();
    json.writeArrayPropertyStart("top_logprobs");
    for (PositionLogprobs position : positions) {
      json.writeStartObject();
      byName(position).forEach(json::writeNumberProperty);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("text_offset");
    positions.forEach(position -> json.writeNumber(position.textOffset()));
    json.writeEndArray();
  }

  /** The answer's token is among them, whether it is one of the likeliest or not. */
  private static Map<String, Float> byName(PositionLogprobs position) {
    Map<String, Float> all = new LinkedHashMap<>();
    position.top().forEach(other -> all.putIfAbsent(name(other.piece()), other.logprob()));
    all.putIfAbsent(name(position.chosen().piece()), position.chosen().logprob());
    return all;
  }

  /** The text of a token; a part of a character is written as {@code bytes:\xf0\x9f}. */
  static String name(ByteString piece) {
    if (piece.isValidUtf8()) {
      return piece.toStringUtf8();
    }
    var text = new StringBuilder("bytes:");
    for (byte b : piece) {
      text.append("\\x%02x".formatted(Byte.toUnsignedInt(b)));
    }
    return text.toString();
  }
}
