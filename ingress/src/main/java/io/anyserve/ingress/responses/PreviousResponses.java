package io.anyserve.ingress.responses;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.ingress.conversation.TrimPolicy;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.response.InputItem;
import io.anyserve.ingress.openai.response.ResponseCall;
import io.anyserve.ingress.responses.StoredResponse.Settlement;
import io.anyserve.ingress.responses.output.OutputItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * What goes to the model: the instructions, what the responses before had as input and answer, and
 * the new input. The instructions of earlier responses do not. Thread-safe.
 */
final class PreviousResponses {

  /** Responses that one may go on from, one after the other. */
  static final int MOST_TURNS = 100;

  /** A chat template puts a role and marks around each message. */
  private static final int TOKENS_PER_MESSAGE = 8;

  private final StoredResponses responses;
  private final ToIntFunction<String> contextLength;
  private final double bytesPerToken;

  /**
   * @param contextLength of a model, tokens; 0 where it is not limited or not known
   * @param bytesPerToken to estimate the tokens of a text in UTF-8
   */
  PreviousResponses(
      StoredResponses responses, ToIntFunction<String> contextLength, double bytesPerToken) {
    this.responses = responses;
    this.contextLength = contextLength;
    this.bytesPerToken = bytesPerToken;
  }

  /**
   * The messages of a call.
   *
   * @throws ApiException where a response that it goes on from is not there or has no answer
   */
  List<ChatMessage> messages(TenantId tenant, ResponseCall call) throws InterruptedException {
    List<ChatMessage> messages = new ArrayList<>(earlier(tenant, call.options()));
    call.options()
        .instructions()
        .ifPresent(text -> messages.addFirst(new ChatMessage("system", text)));
    messages.addAll(InputItem.messages(call.input()));
    int context = contextLength.applyAsInt(call.model());
    return call.options().truncates() && context > 0
        ? new TrimPolicy(Integer.MAX_VALUE, Math.max(1, context - answer(call)))
            .trim(messages, this::tokens)
            .messages()
        : List.copyOf(messages);
  }

  private List<ChatMessage> earlier(TenantId tenant, ResponseCall.Options options)
      throws InterruptedException {
    List<List<ChatMessage>> turns = new ArrayList<>();
    Optional<String> previous = options.previous();
    while (previous.isPresent()) {
      if (turns.size() == MOST_TURNS) {
        throw ResponseErrors.tooManyTurns(MOST_TURNS);
      }
      StoredResponse response = previous(tenant, previous.get());
      turns.addFirst(turn(response));
      previous = response.call().options().previous();
    }
    return turns.stream().flatMap(List::stream).toList();
  }

  private StoredResponse previous(TenantId tenant, String id) throws InterruptedException {
    StoredResponses.Current current;
    try {
      current = responses.get(tenant, id);
    } catch (ApiException e) {
      throw ResponseErrors.previousNotFound(id);
    }
    if (!current.status().hasAnswer()) {
      throw ResponseErrors.previousWithoutAnswer(current.response().id(), current.status());
    }
    return current.response();
  }

  private static List<ChatMessage> turn(StoredResponse response) {
    List<ChatMessage> messages = new ArrayList<>(InputItem.messages(response.call().input()));
    response
        .settlement()
        .map(Settlement::end)
        .map(ResponseEnd::output)
        .map(OutputItem::messages)
        .ifPresent(messages::addAll);
    return messages;
  }

  private static int answer(ResponseCall call) {
    return call.maxOutputTokens().orElse(GenerationParameters.DEFAULT_MAX_TOKENS);
  }

  private int tokens(ChatMessage message) {
    double bytes = message.size();
    return TOKENS_PER_MESSAGE + (int) Math.ceil(bytes / bytesPerToken);
  }
}
