package io.anyserve.ingress.quota;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Chat;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.contracts.validation.Utf8;
import io.anyserve.quota.QuotaRequest;

/**
 * What a request may use at most, before anybody has counted its tokens.
 *
 * @param bytesPerToken of a prompt, UTF-8
 */
public record TokenEstimator(double bytesPerToken) {

  /** A chat template puts a role and marks around each message, and asks for the answer. */
  private static final long TOKENS_PER_MESSAGE = 8;

  private static final long MOST_PROMPT = 1L << 32;

  QuotaRequest of(InferenceRequest request, Price price) {
    return new QuotaRequest(promptTokens(request.input()), request.parameters().maxTokens(), price);
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
          case Chat chat ->
              tokens(chat.size()) + TOKENS_PER_MESSAGE * (1L + chat.messages().size());
          case Payload.ObjectReference stored -> tokens(stored.object().size());
        };
    return Math.min(tokens, MOST_PROMPT);
  }

  private long tokens(long bytes) {
    return (long) Math.ceil(bytes / bytesPerToken);
  }
}
