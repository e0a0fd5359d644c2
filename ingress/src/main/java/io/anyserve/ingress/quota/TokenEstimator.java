package io.anyserve.ingress.quota;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Chat;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInput.OfTokens;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.validation.Utf8;
import io.anyserve.quota.QuotaRequest;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * What a request may use at most, before anybody has counted its tokens.
 *
 * @param bytesPerToken of a prompt, UTF-8
 */
public record TokenEstimator(double bytesPerToken) {

  /** A chat template puts a role and marks around each message, and asks for the answer. */
  private static final long TOKENS_PER_MESSAGE = 8;

  /** As many as SmolVLM makes of a square image: seventeen tiles of 64, and their marks. */
  private static final long TOKENS_PER_IMAGE = 1_200;

  private static final long MOST_PROMPT = 1L << 32;

  /** A model puts marks around each text that it embeds. */
  private static final long TOKENS_PER_TEXT = 2;

  /** The fewest tokens of an answer that a quota knows. */
  private static final int NO_ANSWER = 1;

  private static final QuotaRequest NOTHING = new QuotaRequest(0, NO_ANSWER, QuotaRequest.FREE);

  QuotaRequest of(InferenceRequest request, Price price) {
    return switch (request.kind()) {
      case GENERATE ->
          new QuotaRequest(promptTokens(request.input()), request.parameters().maxTokens(), price);
      case EMBED -> embedding(request.input(), price);
      case TOKENIZE, DETOKENIZE -> NOTHING;
    };
  }

  /** Of one message of a prompt. */
  public int tokens(ChatMessage message) {
    return (int)
        Math.min(Integer.MAX_VALUE, TOKENS_PER_MESSAGE + tokens(Utf8.length(message.content())));
  }

  private long promptTokens(Payload input) {
    long tokens =
        switch (input) {
          case Text _, Payload.Bytes _ -> tokens(input.size());
          case Chat chat -> promptTokens(chat);
          case Payload.ObjectReference stored -> tokens(stored.object().size());
        };
    return Math.min(tokens, MOST_PROMPT);
  }

  /** What an image takes of a prompt does not depend on its bytes. */
  private long promptTokens(Chat chat) {
    List<ContentPart> images = chat.images();
    long text = chat.size() - images.stream().mapToLong(ContentPart::size).sum();
    return tokens(text)
        + TOKENS_PER_MESSAGE * (1L + chat.messages().size())
        + TOKENS_PER_IMAGE * images.size();
  }

  /** Nothing can be left out of it: it may need a token for each byte. */
  private QuotaRequest embedding(Payload input, Price price) {
    long expected = embeddedTokens(input, this::tokens);
    long most = embeddedTokens(input, LongUnaryOperator.identity());
    return new QuotaRequest(expected, Math.max(NO_ANSWER, most - expected), price);
  }

  private static long embeddedTokens(Payload input, LongUnaryOperator tokensOf) {
    long tokens =
        switch (input) {
          case Payload.Bytes _ -> embeddedTokens(EmbeddingInputsCodec.read(input), tokensOf);
          case Payload.ObjectReference stored -> tokensOf.applyAsLong(stored.object().size());
          case Text _, Chat _ -> tokensOf.applyAsLong(input.size());
        };
    return Math.min(tokens, MOST_PROMPT);
  }

  /** A model that scores pairs reads the query with each document. */
  private static long embeddedTokens(EmbeddingInputs texts, LongUnaryOperator tokensOf) {
    List<EmbeddingInput> inputs = texts.inputs();
    long sum = inputs.stream().mapToLong(text -> embeddedTokens(text, tokensOf)).sum();
    return texts.ranked()
        ? sum + (inputs.size() - 2) * embeddedTokens(inputs.getFirst(), tokensOf)
        : sum;
  }

  private static long embeddedTokens(EmbeddingInput input, LongUnaryOperator tokensOf) {
    return switch (input) {
      case OfText(String text) -> TOKENS_PER_TEXT + tokensOf.applyAsLong(Utf8.length(text));
      case OfTokens(TokenIds tokens) -> TOKENS_PER_TEXT + tokens.size();
    };
  }

  private long tokens(long bytes) {
    return (long) Math.ceil(bytes / bytesPerToken);
  }
}
