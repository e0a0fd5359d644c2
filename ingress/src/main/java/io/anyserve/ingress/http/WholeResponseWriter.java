package io.anyserve.ingress.http;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.answer.AnswerBuilder;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiJson;
import io.anyserve.ingress.openai.StreamIdentity;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Answers once, with all choices. */
final class WholeResponseWriter implements ChoiceWriter {

  private static final long MOST = 16 << 20;

  private final Context http;
  private final Supplier<StreamIdentity> identity;
  private final List<AnswerBuilder> answers;
  private final List<List<PositionLogprobs>> logprobs;
  private final FinishReason[] reasons;
  private TokenUsage usage = TokenUsage.NONE;
  private long size;

  WholeResponseWriter(Context http, Supplier<StreamIdentity> identity, int choices) {
    this.http = http;
    this.identity = identity;
    this.answers = Stream.generate(AnswerBuilder::new).limit(choices).toList();
    this.logprobs = Stream.<List<PositionLogprobs>>generate(ArrayList::new).limit(choices).toList();
    this.reasons = new FinishReason[choices];
    Arrays.fill(reasons, FinishReason.STOP);
  }

  @Override
  public void piece(
      int choice, AnswerDelta delta, List<PositionLogprobs> told, String resumeToken) {
    size += delta.length() + PositionLogprobs.size(told);
    if (size > MOST) {
      throw new FailureException(
          new Failure(
              FailureCode.TOO_LARGE,
              "answer: more than "
                  + MOST
                  + " characters and bytes of logprobs (expected: \"stream\": true)"),
          null);
    }
    answers.get(choice).add(delta);
    logprobs.get(choice).addAll(told);
  }

  @Override
  public void complete(int choice, Finished finished) {
    reasons[choice] = finished.reason();
    usage = usage.plus(finished.usage());
  }

  @Override
  public void silence() {}

  @Override
  public void flush() {}

  @Override
  public void end() {
    List<ApiJson.Choice> choices = new ArrayList<>();
    for (int i = 0; i < reasons.length; i++) {
      choices.add(new ApiJson.Choice(answers.get(i), logprobs.get(i), reasons[i]));
    }
    http.contentType("application/json").result(ApiJson.whole(identity.get(), choices, usage));
  }

  @Override
  public boolean isCommitted() {
    return false;
  }

  @Override
  public void broken(ApiError error) {
    throw new IllegalStateException("nothing was sent (expected: an error response)");
  }
}
