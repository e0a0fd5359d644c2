package io.anyserve.ingress.openai;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.codec.TokenIdsCodec;
import io.anyserve.v1.Inference;
import io.anyserve.v1.RequestKind;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Makes requests of the bodies of {@code /tokenize} and {@code /detokenize}, which have vLLM's
 * form. Throws {@link ApiException}.
 */
public final class TokenizationReader {

  private static final String PROMPT = "prompt";
  private static final String MESSAGES = "messages";
  private static final String TOKENS = "tokens";

  private TokenizationReader() {}

  /** A text, or a conversation to be put through the model's template. */
  public static TokenizationCall tokenize(byte[] body, Optional<String> session) {
    BodyFields fields = new BodyFields("", StrictJson.parse(body));
    ParameterTable.TOKENIZE.check(fields);
    Inference.Builder request = request(fields, session);
    boolean hasPrompt = fields.value(PROMPT).isPresent();
    if (hasPrompt == fields.value(MESSAGES).isPresent()) {
      throw BodyFields.invalid(
          PROMPT,
          "prompt: %s messages (expected: one of the two)".formatted(hasPrompt ? "beside" : "no"));
    }
    if (hasPrompt) {
      request.getInputBuilder().setText(fields.requiredText(PROMPT));
    } else {
      request.getInputBuilder().setChat(MessageReader.read(fields));
    }
    CompletionKind kind = hasPrompt ? CompletionKind.TEXT : CompletionKind.CHAT;
    return call(kind, request.setKind(RequestKind.REQUEST_KIND_TOKENIZE));
  }

  /** Token ids. */
  public static TokenizationCall detokenize(byte[] body, Optional<String> session) {
    BodyFields fields = new BodyFields("", StrictJson.parse(body));
    ParameterTable.DETOKENIZE.check(fields);
    Payload tokens = TokenIdsCodec.write(tokens(fields));
    return call(
        CompletionKind.TEXT,
        request(fields, session)
            .setInput(PayloadCodec.write(tokens))
            .setKind(RequestKind.REQUEST_KIND_DETOKENIZE));
  }

  private static TokenizationCall call(CompletionKind kind, Inference.Builder request) {
    return new TokenizationCall(request.getCapability(), ParameterNames.of(kind), request.build());
  }

  private static Inference.Builder request(BodyFields fields, Optional<String> session) {
    Inference.Builder request = Inference.newBuilder().setCapability(fields.model());
    session.ifPresent(request::setSession);
    return request;
  }

  private static TokenIds tokens(BodyFields fields) {
    JsonNode all =
        fields.value(TOKENS).orElseThrow(() -> fields.missing(TOKENS, "an array of token ids"));
    BodyFields.check(
        all.isArray() && !all.isEmpty(), TOKENS, all, "an array of at least one token id");
    return TokenIds.of(IntStream.range(0, all.size()).map(i -> id(all.get(i), i)).toArray());
  }

  private static int id(JsonNode value, int index) {
    boolean isId = BodyFields.isWhole(value) && value.canConvertToInt() && value.intValue() >= 0;
    BodyFields.check(isId, TOKENS + "[" + index + "]", value, "a token id");
    return value.intValue();
  }
}
